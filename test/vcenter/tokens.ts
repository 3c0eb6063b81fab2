import assert from 'node:assert/strict'
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import type { Made } from '../certificates.ts'
import type { Answer, Client } from '../client.ts'
import type { Lab } from '../lab.ts'

const soap = 'http://schemas.xmlsoap.org/soap/envelope/'
const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const wst = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
const dsig = 'http://www.w3.org/2000/09/xmldsig#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const saml = 'urn:oasis:names:tc:SAML:2.0:assertion'
const headers = { 'content-type': 'text/xml; charset=utf-8' }
const minute = 60_000

export const iso = (time: number) => new Date(time).toISOString()

export interface Message {
  /** By the test's clock. */
  now: number
  /** In the header, as XML. */
  token?: string
  user?: { name: string; password: string }
  /** Signs the message. */
  holder?: Made
  /** Whether the holder's certificate is shown. */
  shows?: boolean
  /** From now on, in milliseconds. */
  life?: number
}

/**
 * A message of SOAP with WS-Security, written as canonicalisation would write what is signed: nothing of the server's own
 * reading and writing of XML is in it.
 *
 * @param content Of the body, canonical. @param signed The same as it is signed, where it differs.
 */
export function secured(
  content: string,
  { now, token = '', user, holder, shows = false, life = minute }: Message,
  signed = content,
): string {
  const id = `_${randomUUID()}`
  const time = `_${randomUUID()}`
  const open = `<soap:Body xmlns:soap="${soap}" xmlns:wsu="${wsu}" wsu:Id="${id}">`
  const stamp = `<wsu:Timestamp xmlns:wsu="${wsu}" wsu:Id="${time}"><wsu:Created>${iso(now)}</wsu:Created><wsu:Expires>${iso(now + life)}</wsu:Expires></wsu:Timestamp>`
  const name =
    user &&
    `<wsse:UsernameToken><wsse:Username>${user.name}</wsse:Username><wsse:Password>${user.password}</wsse:Password></wsse:UsernameToken>`
  const shown =
    holder && shows
      ? `<wsse:BinarySecurityToken>${new X509Certificate(holder.cert).raw.toString('base64')}</wsse:BinarySecurityToken>`
      : ''
  let signature = ''
  if (holder) {
    const reference = (to: string, text: string) =>
      `<ds:Reference URI="#${to}"><ds:Transforms><ds:Transform Algorithm="${exclusive}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${createHash('sha256').update(text).digest('base64')}</ds:DigestValue></ds:Reference>`
    const info = `<ds:SignedInfo xmlns:ds="${dsig}"><ds:CanonicalizationMethod Algorithm="${exclusive}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>${reference(time, stamp)}${reference(id, `${open}${signed}</soap:Body>`)}</ds:SignedInfo>`
    const value = sign('sha256', Buffer.from(info), createPrivateKey(holder.key)).toString('base64')
    signature = `<ds:Signature xmlns:ds="${dsig}">${info}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`
  }
  const security = `<wsse:Security xmlns:wsse="${wsse}" xmlns:wsu="${wsu}">${stamp}${shown}${name ?? ''}${token}${signature}</wsse:Security>`
  return `<soap:Envelope xmlns:soap="${soap}"><soap:Header>${security}</soap:Header>${open}${content}</soap:Body></soap:Envelope>`
}

/** A request for a token. @param rest Further elements. */
export const requestOf = (action: string, rest = '') =>
  `<RequestSecurityToken xmlns="${wst}"><RequestType>${wst}/${action}</RequestType>${rest}</RequestSecurityToken>`

export const keyType = (type: 'Bearer' | 'PublicKey') => `<KeyType>${wst}/${type}</KeyType>`
export const renewable = '<Renewing Allow="true"></Renewing>'
export const lifetime = (from: number, until: number) =>
  `<Lifetime><wsu:Created xmlns:wsu="${wsu}">${iso(from)}</wsu:Created><wsu:Expires xmlns:wsu="${wsu}">${iso(until)}</wsu:Expires></Lifetime>`

export const loginByToken =
  '<LoginByToken xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this></LoginByToken>'

export const sts = (client: Client, body: string): Promise<Answer> =>
  client.send('POST', '/sts/STSService/vsphere.local', body, headers)
export const sdk = (client: Client, body: string): Promise<Answer> =>
  client.send('POST', '/sdk', body, { ...headers, soapaction: '"urn:vim25/8.0.3.0"' })

/** The token in an answer, as it stands there. */
export function tokenIn({ status, text }: Answer): string {
  assert.equal(status, 200, text)
  const [token] = /<saml2:Assertion .*<\/saml2:Assertion>/s.exec(text) ?? []
  assert(token, text)
  return token
}

/** What a request for a token failed with. */
export function trustFault({ status, text }: Answer): string {
  assert.equal(status, 500, text)
  return /<faultcode xmlns:ns0="[^"]*">ns0:(\w+)</.exec(text)?.[1] ?? text
}

/** Gets a token by name and password, which whoever brings it may use. */
export async function bearerToken(lab: Lab, name: string, password: string, rest = keyType('Bearer')): Promise<string> {
  const message = { now: lab.clock.now, user: { name, password } }
  return tokenIn(await sts(lab.a, secured(requestOf('Issue', rest), message)))
}

/** Who is signed in by that answer; the fault where nobody is. */
export function signedInBy({ status, text }: Answer): string {
  const [, name] = (status === 200 ? /<userName>([^<]*)</ : /<(\w+)Fault /).exec(text) ?? []
  return name ?? text
}

export { exclusive, saml, wsu }
