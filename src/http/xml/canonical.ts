import type { XmlElement } from './element.ts'

/** What was written of namespaces so far, by prefix. */
type Written = Readonly<Record<string, string>>

const xmlns = 'http://www.w3.org/2000/xmlns/'

/**
 * An element as signatures are made over it, in Exclusive XML Canonicalization 1.0 without comments.
 *
 * @param inclusive Prefixes that are declared as in Canonical XML, whether they are used or not; `''` is the default one.
 * @param without A child's child that is left out, with all that is in it: the signature itself, where it is inside.
 * @see https://www.w3.org/TR/xml-exc-c14n/
 */
export function canonicalXml(element: XmlElement, inclusive: readonly string[] = [], without?: XmlElement): string {
  return write(element, Object.create(null), inclusive, without)
}

function write(element: XmlElement, outer: Written, inclusive: readonly string[], without?: XmlElement): string {
  const { prefix, name, scope, content } = element
  const attributes = element.attributes.filter(({ namespace }) => namespace !== xmlns)
  const used = new Set([prefix, ...attributes.map((one) => one.prefix).filter((one) => one !== '')])
  for (const one of inclusive) if (scope[one] !== undefined) used.add(one)
  used.delete('xml')

  const written: Record<string, string> = Object.create(outer)
  let tag = nameOf(prefix, name)
  for (const one of [...used].sort(byCodePoint)) {
    const uri = scope[one] ?? ''
    if ((outer[one] ?? '') === uri) continue
    written[one] = uri
    tag += ` ${one === '' ? 'xmlns' : `xmlns:${one}`}="${attributeText(uri)}"`
  }
  const sorted = attributes.sort((a, b) => byCodePoint(a.namespace, b.namespace) || byCodePoint(a.name, b.name))
  for (const one of sorted) tag += ` ${nameOf(one.prefix, one.name)}="${attributeText(one.value)}"`

  const inner = content.map((part) => {
    if (part === without) return ''
    return typeof part === 'string' ? characterData(part) : write(part, written, inclusive, without)
  })
  return `<${tag}>${inner.join('')}</${nameOf(prefix, name)}>`
}

const nameOf = (prefix: string, name: string) => (prefix === '' ? name : `${prefix}:${name}`)

/** JavaScript compares UTF-16 units, which order as code points do below U+10000; names and URIs of messages are there. */
const byCodePoint = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const spelt: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}
const spell = (character: string) => spelt[character] as string
const characterData = (text: string) => text.replace(/[&<>\r]/g, spell)
const attributeText = (text: string) => text.replace(/[&<"\t\n\r]/g, spell)
