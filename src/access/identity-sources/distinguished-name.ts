interface Part {
  type: string
  value: string
}

/** A distinguished name, the entry's own part first; each part is one or more of a type and a value. */
export type DistinguishedName = readonly (readonly Part[])[]

const typePattern = /\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=/y
// An escaped pair of hex digits, another escaped character, or one that needs no escape.
const valuePattern = /(?:\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\]|[^\\"+,;<>\0])*/y

/** @returns undefined where the text is no distinguished name. The empty text names the root. @see RFC 4514 3 */
export function parseDn(text: string): DistinguishedName | undefined {
  if (text.trim() === '') return []
  const names: Part[][] = [[]]
  for (let at = 0; ; at++) {
    typePattern.lastIndex = at
    const type = typePattern.exec(text)?.[1]
    if (type === undefined) return undefined
    valuePattern.lastIndex = typePattern.lastIndex
    const value = unescaped(valuePattern.exec(text)?.[0] ?? '')
    if (value === '') return undefined
    names.at(-1)?.push({ type, value })
    at = valuePattern.lastIndex
    if (at === text.length) return names
    if (text[at] === ',') names.push([])
    else if (text[at] !== '+') return undefined
  }
}

function unescaped(raw: string): string {
  const trimmed = raw.trimStart().replace(/(?<!\\) +$/, '')
  return trimmed.replace(/((?:\\[0-9A-Fa-f]{2})+)|\\(.)/g, (_, hex, plain) =>
    hex === undefined ? plain : Buffer.from(hex.replaceAll('\\', ''), 'hex').toString(),
  )
}

const escaped = (value: string) => value.replace(/[\\",+;<>]/g, '\\$&').replaceAll('\0', '\\00')

/** How a distinguished name is written when two that mean the same must read the same: lower case, no stray spaces. */
export function normalDn(name: DistinguishedName): string {
  return name
    .map((parts) =>
      parts
        .map(({ type, value }) => `${type}=${escaped(value.trim().replace(/\s+/g, ' '))}`.toLowerCase())
        .sort()
        .join('+'),
    )
    .join(',')
}

/** Whether an entry is at or below another. */
export function isWithin(name: DistinguishedName, base: DistinguishedName): boolean {
  return base.length <= name.length && normalDn(name.slice(name.length - base.length)) === normalDn(base)
}

/** The root of a domain's tree: `dc=corp,dc=example` is that of `corp.example`. @see RFC 2247 */
export function domainDn(domain: string): DistinguishedName {
  return domain.split('.').map((label) => [{ type: 'dc', value: label }])
}
