import { createHash, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import { canonicalXml } from './canonical.ts'
import { attribute, type XmlElement } from './element.ts'
import { readXml } from './read.ts'
import { element } from './write.ts'

export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = `${signatureNamespace}enveloped-signature`
const digests: Record<string, string> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
}
const signatures: Record<string, string> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': 'sha512',
}
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** References of one signature: a message has two, a token one. */
const mostReferences = 4

/** A signature that does not say what it must. Its text is for the log, not for whoever sent it. */
export class SignatureError extends Error {
  override name = 'SignatureError'
}

/**
 * Checks a signature with a key that the caller trusts: nothing in the signature says which. What it signs are the very
 * elements that are returned; whoever reads anything else of the document reads what nobody signed.
 *
 * Only what signers of tokens and messages use is taken: Exclusive Canonicalization, RSA with SHA-256 or SHA-512,
 * references to ids within the document, each of which is there once.
 *
 * @param root The document.
 * @throws {SignatureError}
 * @see https://www.w3.org/TR/xmldsig-core1/
 */
export function verifySignature(signature: XmlElement, root: XmlElement, key: KeyObject): XmlElement[] {
  const info = only(signature, 'SignedInfo')
  const canonicalisation = only(info, 'CanonicalizationMethod')
  if (algorithmOf(canonicalisation) !== exclusive) throw new SignatureError('another canonicalisation')
  const digest = signatures[algorithmOf(only(info, 'SignatureMethod'))]
  if (digest === undefined) throw new SignatureError('another method of signatures')
  if (key.asymmetricKeyType !== 'rsa') throw new SignatureError('the key is not an RSA key')

  const signed = Buffer.from(canonicalXml(info, inclusiveOf(canonicalisation)))
  const value = base64(only(signature, 'SignatureValue'))
  if (!verify(digest, signed, key, value)) throw new SignatureError('the signature is not of the key')

  const references = children(info, 'Reference')
  if (references.length === 0 || references.length > mostReferences) throw new SignatureError('too many references')
  const ids = elementsById(root)
  return references.map((reference) => verifyReference(reference, signature, ids))
}

function verifyReference(reference: XmlElement, signature: XmlElement, ids: Map<string, XmlElement[]>): XmlElement {
  const uri = attribute(reference, 'URI') ?? ''
  if (!uri.startsWith('#') || uri.length < 2) throw new SignatureError('a reference is not to an id')
  const [target, ...others] = ids.get(uri.slice(1)) ?? []
  if (!target || others.length > 0) throw new SignatureError('a reference is not to one element')

  let without: XmlElement | undefined
  let inclusive: string[] | undefined
  for (const transform of children(only(reference, 'Transforms'), 'Transform')) {
    const algorithm = algorithmOf(transform)
    // After the canonicalisation there is text and no document any more.
    if (inclusive !== undefined) throw new SignatureError('a transform follows the canonicalisation')
    if (algorithm === exclusive) inclusive = inclusiveOf(transform)
    else if (algorithm === enveloped && !without && target.children.includes(signature)) without = signature
    else throw new SignatureError('another transform')
  }
  if (inclusive === undefined) throw new SignatureError('a reference is not canonicalised')

  const digest = digests[algorithmOf(only(reference, 'DigestMethod'))]
  if (digest === undefined) throw new SignatureError('another digest')
  const made = createHash(digest)
    .update(canonicalXml(target, inclusive, without))
    .digest()
  const given = base64(only(reference, 'DigestValue'))
  if (made.length !== given.length || !timingSafeEqual(made, given)) throw new SignatureError('a digest differs')
  return target
}

const idNames = new Set(['ID', 'Id', 'id', 'AssertionID'])

/** Elements by any attribute that somebody could take for their id: what is there twice is refused wherever it is. */
function elementsById(root: XmlElement): Map<string, XmlElement[]> {
  const found = new Map<string, XmlElement[]>()
  const open = [root]
  for (let at = open.pop(); at; at = open.pop()) {
    for (const { name, value } of at.attributes) {
      if (idNames.has(name)) found.set(value, [...(found.get(value) ?? []), at])
    }
    open.push(...at.children)
  }
  return found
}

const children = (of: XmlElement, name: string) =>
  of.children.filter((child) => child.name === name && child.namespace === signatureNamespace)

function only(of: XmlElement, name: string): XmlElement {
  const [found, ...others] = children(of, name)
  if (!found || others.length > 0) throw new SignatureError(`not one ${name}`)
  return found
}

const algorithmOf = (of: XmlElement) => attribute(of, 'Algorithm') ?? ''

function inclusiveOf(method: XmlElement): string[] {
  if (method.children.length === 0) return []
  const [list, ...others] = method.children
  if (list?.name !== 'InclusiveNamespaces' || list.namespace !== exclusive || others.length > 0) {
    throw new SignatureError('a canonicalisation has other parameters')
  }
  const prefixes = (attribute(list, 'PrefixList') ?? '').split(/\s+/).filter((one) => one !== '')
  return prefixes.map((one) => (one === '#default' ? '' : one))
}

function base64({ text, children }: XmlElement): Buffer {
  const packed = text.replace(/\s+/g, '')
  if (children.length > 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) throw new SignatureError('not base64')
  return Buffer.from(packed, 'base64')
}

/** A certificate as signatures and tokens show it. @param der Base64. */
export const keyInfo = (der: string): string =>
  element('ds:KeyInfo', element('ds:X509Data', element('ds:X509Certificate', der)), ` xmlns:ds="${signatureNamespace}"`)

/**
 * Signs an element from within, with RSA and SHA-256.
 *
 * @param xml The element; its `ID` is what is referred to. @param after The end tag that the signature is put behind.
 */
export function signWithin(xml: string, after: string, { key, der }: { key: KeyObject; der: string }): string {
  const root = readXml(Buffer.from(xml))
  const digest = createHash('sha256').update(canonicalXml(root)).digest('base64')
  const algorithm = (uri: string) => ` Algorithm="${uri}"`
  const transforms =
    element('ds:Transform', '', algorithm(enveloped)) + element('ds:Transform', '', algorithm(exclusive))
  const info =
    element('ds:CanonicalizationMethod', '', algorithm(exclusive)) +
    element('ds:SignatureMethod', '', algorithm(rsaSha256)) +
    element(
      'ds:Reference',
      element('ds:Transforms', transforms) +
        element('ds:DigestMethod', '', algorithm(sha256)) +
        element('ds:DigestValue', digest),
      ` URI="#${attribute(root, 'ID')}"`,
    )
  const namespace = ` xmlns:ds="${signatureNamespace}"`
  const signed = canonicalXml(readXml(Buffer.from(element('ds:SignedInfo', info, namespace))))
  const value = sign('sha256', Buffer.from(signed), key).toString('base64')
  const signature = element(
    'ds:Signature',
    element('ds:SignedInfo', info) + element('ds:SignatureValue', value) + keyInfo(der).replace(namespace, ''),
    namespace,
  )
  const at = xml.indexOf(after) + after.length
  return xml.slice(0, at) + signature + xml.slice(at)
}
