export interface Word {
  text: string
  /** Where it begins in the line. */
  at: number
  /** Part of it stands in quotes. */
  quoted?: true
}

export interface Line {
  words: Word[]
  /** The line ends inside quotes. */
  open: boolean
  /** The line ends in a word, which may not be all of it. */
  partial: boolean
}

/**
 * The words of a line.
 *
 * @param quotes Whether `"…"` and `'…'` keep blanks in one word; in double quotes `\"` and `\\` stand for the plain ones.
 */
export function splitWords(line: string, quotes: boolean): Line {
  const words: Word[] = []
  let word: Word | undefined
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string
    if (quote === '' && /\s/.test(c)) {
      word = undefined
      continue
    }
    if (!word) {
      word = { text: '', at: i }
      words.push(word)
    }
    if (quote === '' && quotes && (c === '"' || c === "'")) {
      quote = c
      word.quoted = true
    } else if (c === quote) quote = ''
    else if (quote === '"' && c === '\\' && /["\\]/.test(line[i + 1] ?? '')) word.text += line[++i]
    else word.text += c
  }
  return { words, open: quote !== '', partial: word !== undefined }
}

/** A value as it would have to be typed. */
export function quoteWord(text: string, quotes: boolean): string {
  return quotes && (text === '' || /[\s"']/.test(text)) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}
