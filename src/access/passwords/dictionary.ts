/** Words in lower case that no password may be based on. */
export type Dictionary = ReadonlySet<string>

let loading: Promise<Dictionary> | undefined

/** Well-known passwords, common English words and names; read from disk when first asked for. */
export function loadDictionary(): Promise<Dictionary> {
  loading ??= (async () => {
    const [common, english] = await Promise.all([
      import('@zxcvbn-ts/language-common'),
      import('@zxcvbn-ts/language-en'),
    ])
    const lists = [
      common.dictionary['passwords-common'],
      english.dictionary['commonWords-en'],
      english.dictionary['firstnames-en'],
      english.dictionary['lastnames-en'],
      english.dictionary['wikipedia-en'],
    ]
    return new Set(lists.flatMap((list) => list.map(String)))
  })()
  return loading
}

const shortestWord = 4
/** Characters that may stand before or behind a word without hiding it. */
const strippedAtEachEnd = 3

const disguises: Record<string, string> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '+': 't',
}

/**
 * The word a password is based on, if there is one: the word itself in any case, backwards, with characters
 * swapped for look-alikes (`p@ssw0rd`), with punctuation strewn in, or with up to three characters at either end.
 *
 * @see pam_pwquality(8), dictcheck
 */
export function basedOnWord(password: string, dictionary: Dictionary): string | undefined {
  const lower = password.toLowerCase()
  for (const text of new Set([...undisguise(lower), ...undisguise(unpunctuated(lower))])) {
    for (const undisguised of new Set([text, unpunctuated(text)])) {
      for (let front = 0; front <= strippedAtEachEnd; front++) {
        for (let back = 0; back <= strippedAtEachEnd; back++) {
          const core = undisguised.slice(front, undisguised.length - back)
          if (core.length < shortestWord) continue
          if (dictionary.has(core)) return core
          const backwards = [...core].reverse().join('')
          if (dictionary.has(backwards)) return backwards
        }
      }
    }
  }
  return undefined
}

const unpunctuated = (text: string) => text.replace(/[^a-z0-9]/g, '')

/** The text as it is, then read with look-alikes as the letters they stand for; `1` and `!` can be an i or an l. */
function undisguise(text: string): Set<string> {
  const plain = text.replace(/[03457@$+]/g, (c) => disguises[c] as string)
  return new Set([text, plain.replace(/[1!]/g, 'i'), plain.replace(/[1!]/g, 'l')])
}
