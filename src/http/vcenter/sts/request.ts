import { AccessError } from '../../../access/errors.ts'
import type { Period } from '../../../access/vcenter/sso/token-times.ts'
import { attribute, type XmlElement } from '../../xml/element.ts'
import { saml, wsp, wst } from '../saml/names.ts'
import { childOf, childrenOf, periodOf, textIn } from '../saml/read.ts'

const actions = ['Issue', 'Renew', 'Validate'] as const
export type TrustAction = (typeof actions)[number]

/** What is asked of the service. */
export interface TrustRequest {
  action: TrustAction
  /** Undefined: the request leaves it to the service. */
  keyType: 'Bearer' | 'PublicKey' | undefined
  lifetime: Period | undefined
  renewable: boolean
  /** Whom the token shall be for. */
  audience: string | undefined
  /** The token that a renewal or a question is about, not looked into. */
  target: XmlElement | undefined
}

const invalid = (field: string, why: string) => new AccessError('invalid_field', `${field}: ${why}`, { field })

/**
 * Reads a `RequestSecurityToken`.
 *
 * @throws {AccessError} `invalid_field`, `unsupported`; {SignatureError} where something is there twice.
 * @see WS-Trust 1.4
 */
export function readTrustRequest(request: XmlElement): TrustRequest {
  if (request.name !== 'RequestSecurityToken') throw invalid('RequestSecurityToken', 'is not what the body has')
  const textOf = (name: string) => {
    const found = childOf(request, wst, name)
    return found && textIn(found)
  }
  const type = textOf('RequestType') ?? ''
  const action = actions.find((one) => type === `${wst}/${one}`)
  if (!action) throw invalid('RequestType', `is none of ${actions.map((one) => `${wst}/${one}`).join(', ')}`)
  const tokenType = textOf('TokenType')
  const wanted = action === 'Validate' ? `${wst}/RSTR/Status` : saml
  if (tokenType !== undefined && tokenType !== wanted) throw invalid('TokenType', `is not ${wanted}`)
  if (request.children.some(({ name }) => name === 'ActAs' || name === 'OnBehalfOf')) {
    throw new AccessError('unsupported', 'Tokens that act as others are not given: there are no solution users')
  }
  const key = textOf('KeyType')
  const keyType = (['Bearer', 'PublicKey'] as const).find((one) => key === `${wst}/${one}`)
  if (key !== undefined && !keyType) throw invalid('KeyType', `is none of ${wst}/Bearer, ${wst}/PublicKey`)
  const lifetime = childOf(request, wst, 'Lifetime')
  const renewing = childOf(request, wst, 'Renewing')
  return {
    action,
    keyType,
    lifetime: lifetime && periodOf(lifetime),
    renewable: renewing !== undefined && attribute(renewing, 'Allow') !== 'false',
    audience: audienceOf(childOf(request, wsp, 'AppliesTo')),
    target: targetOf(request, action),
  }
}

function audienceOf(appliesTo: XmlElement | undefined): string | undefined {
  const address = appliesTo?.children[0]?.children.find(({ name }) => name === 'Address')
  return address && textIn(address)
}

function targetOf(request: XmlElement, action: TrustAction): XmlElement | undefined {
  if (action === 'Issue') return undefined
  const field = `${action}Target`
  const target = childOf(request, wst, field)
  const [token, ...others] = target ? childrenOf(target, saml, 'Assertion') : []
  if (!token || others.length > 0) throw invalid(field, 'has not one SAML 2.0 token')
  return token
}
