import { RequestError } from '../../request-error.ts'
import { attribute, type XmlElement } from '../../xml/element.ts'
import { element, escapeXml } from '../../xml/write.ts'
import { wsse } from '../saml/names.ts'
import type { SecuredMessage } from '../saml/security.ts'

/** The namespace of all that vim25 names. */
export const vimNamespace = 'urn:vim25'
const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/'
export const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'

/** What a client asks for. */
export interface SoapRequest {
  /** What the client calls the operation; empty where it does not. */
  operationId: string
  /** The session's id where the client gives it in the header instead of in a cookie. */
  sessionCookie: string | undefined
  /** The element named like the method, which holds `_this` and the arguments. */
  method: XmlElement
  /** The whole message, and what signatures are over and in. */
  message: SecuredMessage
}

const longestOperationId = 256

/**
 * Reads the envelope of a call.
 *
 * @param namespace The method's.
 * @throws {RequestError} `body_malformed`
 * @see SOAP 1.1, 4; vcenter-api.md 7.1
 */
export function readEnvelope(root: XmlElement, namespace: string): SoapRequest {
  if (root.name !== 'Envelope') throw malformed('it is not a SOAP envelope')
  if (root.namespace !== envelopeNamespace) throw malformed('its envelope is not of SOAP 1.1')
  const parts = [...root.children]
  const header = parts[0] && isOf(parts[0], 'Header') ? parts.shift() : undefined
  const body = parts.shift()
  if (!body || !isOf(body, 'Body') || parts.length > 0) throw malformed('it has not one SOAP body')
  const [method, ...others] = body.children
  if (!method || others.length > 0) throw malformed('its body has not one element')

  const message: SecuredMessage = { root, body, security: undefined }
  const request: SoapRequest = { operationId: '', sessionCookie: undefined, method, message }
  for (const entry of header?.children ?? []) {
    // Their namespace differs from client to client.
    if (entry.name === 'operationID') request.operationId = entry.text.trim().slice(0, longestOperationId)
    else if (entry.name === 'vcSessionCookie') request.sessionCookie = entry.text.trim()
    else if (entry.name === 'Security' && entry.namespace === wsse) {
      if (message.security) throw malformed('its header has more than one Security')
      message.security = entry
    } else if (['1', 'true'].includes(attribute(entry, 'mustUnderstand', envelopeNamespace) ?? '')) {
      throw malformed('its header has an entry that must be understood and is not')
    }
  }
  // govc signs LoginByToken without its namespace, and vCenter takes it.
  const bare = method.namespace === '' && message.security !== undefined
  if (method.namespace !== namespace && !bare) throw malformed(`the method is not of the namespace ${namespace}`)
  return request
}

const isOf = (element: XmlElement, name: string) => element.name === name && element.namespace === envelopeNamespace

const malformed = (reason: string) => new RequestError('body_malformed', reason)

const opening = [
  '<?xml version="1.0" encoding="UTF-8"?>\n',
  `<soapenv:Envelope xmlns:soapenv="${envelopeNamespace}"`,
  ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
  ` xmlns:xsi="${schemaInstance}">\n<soapenv:Body>\n`,
].join('')
const closing = '\n</soapenv:Body>\n</soapenv:Envelope>\n'

/** The answer of a method. @param content What it returns, as XML. @param namespace The method's. */
export function writeResponse(method: string, content: string, namespace: string): string {
  return opening + element(`${method}Response`, content, ` xmlns="${namespace}"`) + closing
}

/** What comes before and behind that content, where it is written a piece at a time. */
export function responseFrame(method: string, namespace: string): { head: string; tail: string } {
  return { head: `${opening}<${method}Response xmlns="${namespace}">`, tail: `</${method}Response>${closing}` }
}

/** The answer of a method that failed. @param detail The fault, as XML. @param code The element that names its kind. */
export function writeFault(text: string, detail: string, code = element('faultcode', 'ServerFaultCode')): string {
  const fault = code + element('faultstring', escapeXml(text)) + element('detail', detail)
  return writeMessage(element('soapenv:Fault', fault))
}

/** A message. @param body What is in its body, as XML. */
export const writeMessage = (body: string): string => opening + body + closing
