/** The one spelling of a request's target, or why it has none. */
export type CanonicalUrl = { url: string } | { refused: string }

const outsideVisibleAscii = /[^\u0021-\u007e]/
const encoded = /%[0-9a-fA-F]{2}/g
const unreserved = /[A-Za-z0-9._~-]/
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Targets that need no second look: plain segments, and a query of plain characters. */
const plain = /^(?:\/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)+(?:\?[A-Za-z0-9_.~=&,*-]*)?$/

const strictly = { separators: /%(?:2f|5c)|\\/i, parameters: /;|%3b/i }

/**
 * Identifiers in vCenter's paths have backslashes and semicolons in them, encoded as the rest is.
 *
 * @see vcenter-api.md 2.2, "permission id"
 */
const hasVcenterIds = /^\/(?:api\/vcenter|rest)\//
const leniently = { separators: /%2f|\\/i, parameters: /;/ }

/**
 * Brings a request target into its one spelling: origin-form, no percent-encoding where none is needed, upper-case
 * hexadecimal where it is. What could be read in two ways is refused: empty and dot segments, encoded slashes,
 * backslashes and control characters, `;` parameters, encodings that are not UTF-8, another host's absolute-form.
 *
 * @param target As it stood in the request line.
 * @param host The Host header; an absolute-form must name the same.
 * @see RFC 3986 6.2.2, RFC 9112 3.2
 */
export function canonicalUrl(target: string, host: string | undefined): CanonicalUrl {
  if (plain.test(target)) return { url: target }
  let rest = target
  if (!rest.startsWith('/')) {
    const absolute = /^https:\/\/([^/?#]*)(.*)$/i.exec(rest)
    if (!absolute) return { refused: 'it is not a path' }
    if (host === undefined || absolute[1]?.toLowerCase() !== host.toLowerCase()) {
      return { refused: 'it names another host' }
    }
    rest = absolute[2] === '' ? '/' : (absolute[2] as string)
    if (!rest.startsWith('/')) return { refused: 'it is not a path' }
  }
  if (outsideVisibleAscii.test(rest)) return { refused: 'it has characters that must be encoded' }
  if (rest.includes('#')) return { refused: 'it has a fragment' }
  if (/%(?![0-9a-fA-F]{2})/.test(rest)) return { refused: 'it has an incomplete percent-encoding' }

  const question = rest.indexOf('?')
  const path = question < 0 ? rest : rest.slice(0, question)
  const query = question < 0 ? '' : rest.slice(question)
  if (!isUtf8(path) || !isUtf8(query)) return { refused: 'it is not UTF-8' }
  if (/%(?:[01][0-9a-f]|7f)/i.test(rest)) return { refused: 'it has control characters' }

  const decoded = respell(path)
  const { separators, parameters } = hasVcenterIds.test(decoded) ? leniently : strictly
  if (separators.test(decoded)) return { refused: 'it has an encoded slash or a backslash' }
  if (parameters.test(decoded)) return { refused: "it has ';' parameters" }
  const segments = decoded.split('/').slice(1)
  // A slash at the very end is how some clients write a collection.
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  if (inner.includes('')) return { refused: 'it has an empty segment' }
  if (inner.some((segment) => segment === '.' || segment === '..')) return { refused: 'it has a dot segment' }
  return { url: decoded + respell(query) }
}

function respell(text: string): string {
  return text.replace(encoded, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return unreserved.test(character) ? character : code.toUpperCase()
  })
}

function isUtf8(text: string): boolean {
  if (!text.includes('%')) return true
  const bytes = Buffer.from(
    text.replace(encoded, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16))),
    'latin1',
  )
  try {
    utf8.decode(bytes)
    return true
  } catch {
    return false
  }
}
