import type { KeyObject, X509Certificate } from 'node:crypto'
import { messagePeriod, type Period } from '../../../access/vcenter/sso/token-times.ts'
import type { XmlElement } from '../../xml/element.ts'
import { SignatureError, signatureNamespace, verifySignature } from '../../xml/signature.ts'
import { certificateOf } from './assertion.ts'
import { saml, wsse, wsu } from './names.ts'
import { childOf, periodOf, requireChild, textIn } from './read.ts'

/** A message with what its header says of who sends it. */
export interface SecuredMessage {
  root: XmlElement
  body: XmlElement
  /** `wsse:Security`; undefined: there is none. */
  security: XmlElement | undefined
}

/** What the header of a message shows. @see WS-Security 1.1 */
export interface Security {
  timestamp: { element: XmlElement; period: Period } | undefined
  credentials: { name: string; password: string } | undefined
  /** A token, not looked into. */
  assertion: XmlElement | undefined
  /** Of the key that the message is signed with, where it says so. Anybody can show any. */
  certificate: X509Certificate | undefined
  signature: XmlElement | undefined
}

/** @throws {SignatureError} */
export function readSecurity({ security }: SecuredMessage): Security {
  if (!security) throw new SignatureError('no Security in the header')
  const timestamp = childOf(security, wsu, 'Timestamp')
  const user = childOf(security, wsse, 'UsernameToken')
  const certificate = childOf(security, wsse, 'BinarySecurityToken')
  return {
    timestamp: timestamp && { element: timestamp, period: messagePeriod(periodOf(timestamp)) },
    credentials: user && {
      name: textIn(requireChild(user, wsse, 'Username')),
      // Blanks at its ends are a part of it.
      password: requireChild(user, wsse, 'Password').text,
    },
    assertion: childOf(security, saml, 'Assertion'),
    certificate: certificate && certificateOf(textIn(certificate)),
    signature: childOf(security, signatureNamespace, 'Signature'),
  }
}

/** What shows that somebody has a key. */
export interface Proof {
  /** The same message has the same one. */
  id: string
  /** How long the message is good. */
  period: Period
}

/**
 * Makes sure that whoever sends a message has a key: its body, the very one that is read, and its time are signed.
 *
 * @throws {SignatureError}
 */
export function requireProof(message: SecuredMessage, security: Security, key: KeyObject): Proof {
  const { signature, timestamp } = security
  if (!signature || !timestamp) throw new SignatureError('the message is not signed')
  const signed = verifySignature(signature, message.root, key)
  if (!signed.includes(message.body)) throw new SignatureError('the body is not signed')
  if (!signed.includes(timestamp.element)) throw new SignatureError('the time is not signed')
  const value = requireChild(signature, signatureNamespace, 'SignatureValue').text.replace(/\s+/g, '')
  return { id: value, period: timestamp.period }
}
