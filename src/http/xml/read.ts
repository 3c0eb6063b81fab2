import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import type { Work } from '../../access/turns/turns.ts'
import { RequestError } from '../request-error.ts'
import type { XmlAttribute, XmlElement } from './element.ts'

/** How large a document may be. No message of the protocol comes near these. */
export interface XmlLimits {
  levels: number
  elements: number
  /** Of one element. */
  attributes: number
}

const usual: XmlLimits = { levels: 64, elements: 50_000, attributes: 64 }
/** For callers who have not signed in: a sign-in has some twenty elements. */
export const strangersXml: XmlLimits = { levels: 16, elements: 200, attributes: 16 }

/** Characters that are read at once, before others get their turn: about a millisecond. */
const slice = 8 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a document: XML 1.0 in UTF-8 with namespaces, and nothing of a DTD. A document type is refused, so there are
 * no entities but the five that XML itself has, and none of them can be made to grow.
 *
 * @throws {RequestError} `body_malformed`, which quotes nothing of the document: it may hold a password.
 */
export function readXml(body: Buffer, limits = usual): XmlElement {
  const reader = createReader(limits)
  reader.write(decode(body))
  return reader.end()
}

/** The same in slices, with the caller's turn before each. */
export async function readXmlInTurn(body: Buffer, work: Pick<Work, 'turn' | 'isSpent'>): Promise<XmlElement> {
  const text = decode(body)
  const reader = createReader(usual)
  for (let at = 0; at < text.length; at += slice) {
    if (work.isSpent) await work.turn()
    reader.write(text.slice(at, at + slice))
  }
  return reader.end()
}

function createReader({ levels: deepest, elements: mostElements, attributes: mostAttributes }: XmlLimits) {
  const parser = new SaxesParser({ xmlns: true })
  const open: GrowingElement[] = []
  let root: GrowingElement | undefined
  let elements = 0
  let attributes = 0

  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') throw malformed('it is not XML 1.0')
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') throw malformed('its encoding is not UTF-8')
  })
  parser.on('doctype', () => {
    throw malformed('a document type is not allowed')
  })
  parser.on('processinginstruction', () => {
    throw malformed('processing instructions are not allowed')
  })
  parser.on('opentagstart', () => {
    attributes = 0
    if (++elements > mostElements) throw malformed(`it has more than ${mostElements} elements`)
    if (open.length === deepest) throw malformed(`it is nested more than ${deepest} levels deep`)
  })
  parser.on('attribute', () => {
    if (++attributes > mostAttributes) throw malformed(`an element has more than ${mostAttributes} attributes`)
  })
  parser.on('opentag', (tag) => {
    const element: GrowingElement = {
      name: tag.local,
      namespace: tag.uri,
      attributes: Object.values(tag.attributes).map(attributeOf),
      children: [],
      text: '',
      prefix: tag.prefix,
      scope: scopeIn(open.at(-1)?.scope, tag.ns),
      content: [],
    }
    open.at(-1)?.children.push(element)
    open.at(-1)?.content.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => void open.pop())
  const takeText = (text: string) => {
    const element = open.at(-1)
    if (!element) return
    element.text += text
    element.content.push(text)
  }
  parser.on('text', takeText)
  parser.on('cdata', takeText)
  parser.on('error', (error) => {
    throw malformed(reasonOf(error))
  })

  return {
    write: (text: string) => void parser.write(text),
    end(): XmlElement {
      parser.close()
      if (!root) throw malformed('it is empty')
      return root
    },
  }
}

interface GrowingElement extends XmlElement {
  readonly children: XmlElement[]
  readonly content: (XmlElement | string)[]
  text: string
}

const attributeOf = ({ prefix, local, uri, value }: SaxesAttributeNS): XmlAttribute => ({
  prefix,
  name: local,
  namespace: uri,
  value,
})

/** The outer one's where nothing is declared; else one that looks there for what it has not. */
function scopeIn(outer: XmlElement['scope'] | undefined, declared: Record<string, string>): XmlElement['scope'] {
  const names = Object.keys(declared)
  if (outer && names.length === 0) return outer
  const scope: Record<string, string> = Object.create(outer ?? null)
  for (const name of names) scope[name] = declared[name] as string
  return scope
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body)
  } catch {
    throw malformed('it is not UTF-8')
  }
}

/** The parser's messages are `line:column: reason: what it stumbled over.` */
function reasonOf({ message }: Error): string {
  const [line, column, reason = ''] = message.split(':')
  return `${reason.trim().replace(/\.$/, '')} at line ${line} column ${column}`
}

const malformed = (reason: string) => new RequestError('body_malformed', reason)
