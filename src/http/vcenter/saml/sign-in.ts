import { AccessError } from '../../../access/errors.ts'
import type { SignedIn } from '../../../access/vcenter/sso/principals.ts'
import { clockTolerance, isWithin } from '../../../access/vcenter/sso/token-times.ts'
import type { Services } from '../../../services.ts'
import type { XmlElement } from '../../xml/element.ts'
import { SignatureError } from '../../xml/signature.ts'
import { type Claims, readAssertion } from './assertion.ts'
import { type Proof, readSecurity, requireProof, type SecuredMessage, type Security } from './security.ts'

/** Who gives our tokens, and whom those with an audience are for. */
export const issuerOf = ({ appliances }: Services): string => `urn:sallyport:sso:${appliances.vcenter.id}`

/**
 * Somebody who shows a token in the header of a message: one of ours, of now, for us, and, where its holder has to prove
 * to have its key, in a message that is signed with it and comes for the first time.
 *
 * @throws {AccessError} `unauthenticated`, or that a directory does not answer.
 */
export async function principalOfToken(services: Services, message: SecuredMessage): Promise<SignedIn> {
  const claims = await asUnauthenticated(async () => {
    const security = readSecurity(message)
    if (!security.assertion) throw new SignatureError('no token')
    const found = await claimsOf(services, security.assertion, message.root)
    requireTime(services, security)
    if (found.holder) takeProof(services, requireProof(message, security, found.holder.publicKey))
    return found
  })
  return services.tokenAccounts.principalOf(claims)
}

/** What a token says that is ours, of now and for us. @throws {SignatureError} */
export async function claimsOf(services: Services, assertion: XmlElement, root: XmlElement): Promise<Claims> {
  const issuer = issuerOf(services)
  const claims = readAssertion(assertion, root, issuer, await services.tokenSigners.current())
  const now = services.clock()
  const { from, until } = claims.period
  // The clock that ends a token is the one that began it.
  if (now < from - clockTolerance || now >= until) throw new SignatureError('the token is not of now')
  if (claims.audiences.length > 0 && !claims.audiences.includes(issuer)) {
    throw new SignatureError('the token is for somebody else')
  }
  return claims
}

/** A message that says when it is good is good then only. @throws {SignatureError} */
export function requireTime({ clock }: Services, { timestamp }: Security): void {
  if (timestamp && !isWithin(timestamp.period, clock())) throw new SignatureError('the message is not of now')
}

/** A message that proves something does so once. @throws {AccessError} `unauthenticated` */
export function takeProof({ replays }: Services, { id, period }: Proof): void {
  replays.take(id, period.until + clockTolerance)
}

/** Whatever is wrong with a token reads alike; the reason stays with the refusal, for the log. */
export async function asUnauthenticated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    throw new AccessError('unauthenticated', 'The token is not good', { cause: error })
  }
}
