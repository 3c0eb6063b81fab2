import type { Period } from '../../../access/vcenter/sso/token-times.ts'
import type { XmlElement } from '../../xml/element.ts'
import { SignatureError } from '../../xml/signature.ts'
import { wsu } from './names.ts'

export const childrenOf = (of: XmlElement, namespace: string, name: string): XmlElement[] =>
  of.children.filter((child) => child.name === name && child.namespace === namespace)

/** The child of that name; undefined: there is none. @throws {SignatureError} where there are several. */
export function childOf(of: XmlElement, namespace: string, name: string): XmlElement | undefined {
  const [found, ...others] = childrenOf(of, namespace, name)
  if (others.length > 0) throw new SignatureError(`more than one ${name}`)
  return found
}

/** The only child of that name. @throws {SignatureError} */
export function requireChild(of: XmlElement, namespace: string, name: string): XmlElement {
  const found = childOf(of, namespace, name)
  if (!found) throw new SignatureError(`no ${name}`)
  return found
}

/** @throws {SignatureError} where it has elements. */
export function textIn({ name, text, children }: XmlElement): string {
  if (children.length > 0) throw new SignatureError(`${name} is not text`)
  return text.trim()
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

/** Milliseconds since 1970. @throws {SignatureError} */
export function timeOf(text: string | undefined): number {
  const time = text !== undefined && instant.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new SignatureError('not a point in time')
  return time
}

/** `wsu:Created` and `wsu:Expires`. @throws {SignatureError} */
export const periodOf = (of: XmlElement): Period => ({
  from: timeOf(textIn(requireChild(of, wsu, 'Created'))),
  until: timeOf(textIn(requireChild(of, wsu, 'Expires'))),
})
