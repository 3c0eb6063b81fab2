/** Characters that XML 1.0 cannot carry in any spelling, half surrogate pairs among them. @see XML 1.0, production 2 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones it is about
const unspeakable = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu

/** Most texts have none of what has to be looked at twice. */
const unusual = /[^\t\n -!#-%'-;=?-\ud7ff\ue000-\ufffd]/

const spelt: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }
const spelling = /[&<>"\r]/g

/** Text as character data or as an attribute's value in double quotes; what XML cannot carry becomes U+FFFD. */
export function escapeXml(text: string): string {
  if (!unusual.test(text)) return text
  return text.replace(unspeakable, '\ufffd').replace(spelling, (character) => spelt[character] as string)
}

/**
 * An element.
 *
 * @param content XML.
 * @param attributes XML: each begins with a space.
 */
export function element(name: string, content: string, attributes = ''): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}
