import { randomUUID, X509Certificate } from 'node:crypto'
import type { TokenSigner } from '../../../access/vcenter/sso/token-signer.ts'
import type { Period } from '../../../access/vcenter/sso/token-times.ts'
import { attribute, type XmlElement } from '../../xml/element.ts'
import { keyInfo, SignatureError, signatureNamespace, signWithin, verifySignature } from '../../xml/signature.ts'
import { element, escapeXml } from '../../xml/write.ts'
import { bearerMethod, holderOfKeyMethod, saml } from './names.ts'
import { childOf, childrenOf, requireChild, textIn, timeOf } from './read.ts'

/** What a token says. */
export interface Claims {
  /** Of the token. */
  id: string
  /** `name@domain`. */
  subject: string
  /** What the account was when the token was given; another password, or another account of the name, is another state. */
  account: string
  /** For people to read: rights come from the groups of now. `domain\name` each. */
  groups: readonly string[]
  givenName: string
  surname: string
  /** When the password was given. */
  authenticatedAt: number
  period: Period
  /** Who has to prove that they have its key; undefined: whoever brings it. */
  holder: X509Certificate | undefined
  /** How often it can be renewed still. */
  renewals: number
  /** Whom it is for; empty: for all who trust the issuer. */
  audiences: readonly string[]
}

/** Names of groups that are told: a token is carried in the header of a message. */
const mostGroups = 32

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'
const renewRestriction = 'rsa:RenewRestrictionType'
const instance = ` xmlns:xsi="${schemaInstance}"`
const iso = (time: number) => new Date(time).toISOString()

const attributeNames = {
  groups: { friendly: 'Groups', name: 'http://rsa.com/schemas/attr-names/2009/01/GroupIdentity' },
  givenName: { friendly: 'givenName', name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname' },
  surname: { friendly: 'surname', name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname' },
  solution: { friendly: 'Subject Type', name: 'http://vmware.com/schemas/attr-names/2011/07/isSolution' },
  account: { friendly: 'Account State', name: 'urn:sallyport:account' },
}

/**
 * A token, signed. Its parts come in the order in which vCenter has them, which clients that sign a message around it
 * rely on.
 *
 * @see SAML 2.0 core, 2.3.3
 */
export function writeAssertion(issuer: string, claims: Omit<Claims, 'id'>, signer: TokenSigner): string {
  const { subject, period, holder, renewals, audiences } = claims
  const until = ` NotOnOrAfter="${iso(period.until)}"`
  const confirmation = holder
    ? element(
        'saml2:SubjectConfirmationData',
        keyInfo(holder.raw.toString('base64')),
        `${instance} xsi:type="saml2:KeyInfoConfirmationDataType"`,
      )
    : element('saml2:SubjectConfirmationData', '', until)
  const method = holder ? holderOfKeyMethod : bearerMethod
  const restriction =
    renewals > 0 ? element('saml2:Condition', '', `${instance} Count="${renewals}" xsi:type="${renewRestriction}"`) : ''
  const audience =
    audiences.length > 0
      ? element('saml2:AudienceRestriction', audiences.map((one) => element('saml2:Audience', escapeXml(one))).join(''))
      : ''
  const context = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
  const xml = element(
    'saml2:Assertion',
    [
      element('saml2:Issuer', escapeXml(issuer), ' Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"'),
      element(
        'saml2:Subject',
        element('saml2:NameID', escapeXml(subject), ' Format="http://schemas.xmlsoap.org/claims/UPN"') +
          element('saml2:SubjectConfirmation', confirmation, ` Method="${method}"`),
      ),
      element('saml2:Conditions', restriction + audience, ` NotBefore="${iso(period.from)}"${until}`),
      element(
        'saml2:AuthnStatement',
        element('saml2:AuthnContext', element('saml2:AuthnContextClassRef', context)),
        ` AuthnInstant="${iso(claims.authenticatedAt)}"`,
      ),
      element(
        'saml2:AttributeStatement',
        writeAttribute('groups', claims.groups.slice(0, mostGroups)) +
          writeAttribute('givenName', [claims.givenName]) +
          writeAttribute('surname', [claims.surname]) +
          writeAttribute('solution', ['false']) +
          writeAttribute('account', [claims.account]),
      ),
    ].join(''),
    ` xmlns:saml2="${saml}" ID="_${randomUUID()}" IssueInstant="${iso(period.from)}" Version="2.0"`,
  )
  return signWithin(xml, '</saml2:Issuer>', signer)
}

function writeAttribute(which: keyof typeof attributeNames, values: readonly string[]): string {
  const { friendly, name } = attributeNames[which]
  const type = `${instance} xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string"`
  return element(
    'saml2:Attribute',
    values.map((value) => element('saml2:AttributeValue', escapeXml(value), type)).join(''),
    ` FriendlyName="${friendly}" Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"`,
  )
}

/**
 * Reads a token that this server has signed. All that is read is in the element that the signature is over. Whether it
 * is good now, and for whom, is for the caller to ask.
 *
 * @param root The document that it is in.
 * @throws {SignatureError}
 */
export function readAssertion(assertion: XmlElement, root: XmlElement, issuer: string, signer: TokenSigner): Claims {
  if (assertion.name !== 'Assertion' || assertion.namespace !== saml) throw new SignatureError('not a SAML 2.0 token')
  const signature = requireChild(assertion, signatureNamespace, 'Signature')
  const signed = verifySignature(signature, root, signer.certificate.publicKey)
  if (signed.length !== 1 || signed[0] !== assertion) throw new SignatureError('the signature is over something else')
  if (attribute(assertion, 'Version') !== '2.0') throw new SignatureError('another version of SAML')
  if (textIn(requireChild(assertion, saml, 'Issuer')) !== issuer) throw new SignatureError('another issuer')

  const subject = requireChild(assertion, saml, 'Subject')
  const conditions = requireChild(assertion, saml, 'Conditions')
  const statement = requireChild(assertion, saml, 'AuthnStatement')
  const values = attributesOf(requireChild(assertion, saml, 'AttributeStatement'))
  const one = (which: keyof typeof attributeNames) => values.get(attributeNames[which].name)?.[0] ?? ''
  return {
    id: attribute(assertion, 'ID') ?? '',
    subject: textIn(requireChild(subject, saml, 'NameID')),
    account: one('account'),
    groups: values.get(attributeNames.groups.name) ?? [],
    givenName: one('givenName'),
    surname: one('surname'),
    authenticatedAt: timeOf(attribute(statement, 'AuthnInstant')),
    period: { from: timeOf(attribute(conditions, 'NotBefore')), until: timeOf(attribute(conditions, 'NotOnOrAfter')) },
    holder: holderOf(requireChild(subject, saml, 'SubjectConfirmation')),
    renewals: renewalsOf(conditions),
    audiences: audiencesOf(conditions),
  }
}

function holderOf(confirmation: XmlElement): X509Certificate | undefined {
  const method = attribute(confirmation, 'Method')
  if (method === bearerMethod) return undefined
  if (method !== holderOfKeyMethod) throw new SignatureError('another way to confirm the subject')
  const data = requireChild(confirmation, saml, 'SubjectConfirmationData')
  const info = requireChild(data, signatureNamespace, 'KeyInfo')
  const shown = requireChild(requireChild(info, signatureNamespace, 'X509Data'), signatureNamespace, 'X509Certificate')
  return certificateOf(textIn(shown))
}

/** @param der Base64. @throws {SignatureError} */
export function certificateOf(der: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(der, 'base64'))
  } catch {
    throw new SignatureError('not a certificate')
  }
}

/** All conditions are known ones: whoever does not understand one must not take the token. @see SAML 2.0 core, 2.5.1 */
function renewalsOf(conditions: XmlElement): number {
  const restriction = childOf(conditions, saml, 'Condition')
  if (!restriction) return 0
  if (attribute(restriction, 'type', schemaInstance) !== renewRestriction) throw new SignatureError('another condition')
  return Number(attribute(restriction, 'Count'))
}

function audiencesOf(conditions: XmlElement): string[] {
  const restriction = childOf(conditions, saml, 'AudienceRestriction')
  return restriction ? childrenOf(restriction, saml, 'Audience').map(textIn) : []
}

function attributesOf(statement: XmlElement): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const one of childrenOf(statement, saml, 'Attribute')) {
    values.set(attribute(one, 'Name') ?? '', childrenOf(one, saml, 'AttributeValue').map(textIn))
  }
  return values
}
