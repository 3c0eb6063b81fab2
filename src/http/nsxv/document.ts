import { element, escapeXml } from '../xml/write.ts'

/** A value as it is sent: XML has it as text, JSON as what it is. */
export type Value = string | number | boolean | Members | Many | Classed

/** Members in the order in which they are sent; what is undefined is left out. */
export interface Members {
  readonly [name: string]: Value | undefined
}

/**
 * Elements of one name in a row. In JSON they are an array, which may have another name than the elements.
 * @see nsxv-api.md 1.1
 */
export class Many {
  readonly values: readonly Value[]
  /** Empty: the array takes the place of the object that it is in. */
  readonly jsonName: string | undefined

  constructor(values: readonly Value[], jsonName?: string) {
    this.values = values
    this.jsonName = jsonName
  }
}

/** A text whose element says of what class it is; JSON has the text alone. @see nsxv-api.md 6, component status */
export class Classed {
  readonly text: string
  readonly class: string

  constructor(text: string, className: string) {
    this.text = text
    this.class = className
  }
}

/** What a call answers: XML has the root element, JSON its content alone. */
export interface Document {
  root: string
  content: Value
}

export const document = (root: string, content: Value): Document => ({ root, content })

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

export function toXml({ root, content }: Document): string {
  return declaration + xmlOf(root, content)
}

function xmlOf(name: string, value: Value): string {
  if (value instanceof Many) return value.values.map((one) => xmlOf(name, one)).join('')
  if (value instanceof Classed) return element(name, escapeXml(value.text), ` class="${escapeXml(value.class)}"`)
  if (typeof value === 'object') return element(name, membersOf(value))
  // An empty text keeps both its tags, as NSX Manager writes it.
  return `<${name}>${escapeXml(String(value))}</${name}>`
}

function membersOf(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) => (value === undefined ? '' : xmlOf(name, value)))
    .join('')
}

export function toJson({ content }: Document): string {
  return JSON.stringify(jsonOf(content))
}

function jsonOf(value: Value): unknown {
  if (value instanceof Many) return value.values.map(jsonOf)
  if (value instanceof Classed) return value.text
  if (typeof value !== 'object') return value
  const members: [string, unknown][] = []
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    if (member instanceof Many && member.jsonName === '') return jsonOf(member)
    const shown = member instanceof Many ? (member.jsonName ?? name) : name
    members.push([shown, jsonOf(member)])
  }
  return Object.fromEntries(members)
}
