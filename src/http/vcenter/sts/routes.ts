import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { AccessError } from '../../../access/errors.ts'
import { displayName } from '../../../access/vcenter/principal.ts'
import type { SignedIn } from '../../../access/vcenter/sso/principals.ts'
import { lifeOf, mostRenewals } from '../../../access/vcenter/sso/token-times.ts'
import { mustChangePassword } from '../../../access/vcenter/sso/user.ts'
import { SignatureError } from '../../xml/signature.ts'
import { element } from '../../xml/write.ts'
import { stateOf } from '../call.ts'
import { type Claims, writeAssertion } from '../saml/assertion.ts'
import { saml, wst, wsu } from '../saml/names.ts'
import { readSecurity, requireProof, type SecuredMessage, type Security } from '../saml/security.ts'
import { asUnauthenticated, claimsOf, issuerOf, requireTime, takeProof } from '../saml/sign-in.ts'
import { requireBody, takeSoap } from '../sdk/body.ts'
import { readEnvelope, writeMessage } from '../sdk/envelope.ts'
import { soapMediaType } from '../sdk/face.ts'
import { stsFace } from './face.ts'
import { readTrustRequest, type TrustRequest } from './request.ts'

/** A request has a token in its header and one in its body at most, in bytes. */
const largestBody = 128 * 1024

const paths = ['/sts/STSService', '/sts/STSService/vsphere.local', '/sts/system-STSService/sdk']

const config = { face: stsFace, requires: 'nothing' } as const

/** Tokens for a name and a password, their renewal, and whether one is good. @see WS-Trust 1.4 */
export const stsRoutes: FastifyPluginAsync = async (app) => {
  const { services } = app
  takeSoap(app, largestBody)
  for (const path of paths) {
    app.post(path, { schema: { hide: true }, config, bodyLimit: largestBody }, async (request, reply) => {
      const body = await answer(request)
      return reply.type(soapMediaType).send(writeMessage(body))
    })
  }

  async function answer(request: FastifyRequest): Promise<string> {
    const { method, message } = readEnvelope(requireBody(request), wst)
    const state = stateOf(request)
    state.operation = 'sts'
    return asUnauthenticated(async () => {
      const asked = readTrustRequest(method)
      state.operation = `sts.${asked.action}`
      if (asked.action === 'Validate') return writeStatus(await isGood(asked, message))
      state.signs = 'in'
      const security = readSecurity(message)
      if (!security.timestamp) throw new SignatureError('no time')
      requireTime(services, security)
      if (asked.action === 'Renew') return writeTokens(await renew(request, asked, message, security), '')
      return writeTokens(await issue(request, asked, message, security), 'Collection')
    })
  }

  /** A token for whoever shows a name and a password, and, where they sign as well, for the key that they sign with. */
  async function issue(request: FastifyRequest, asked: TrustRequest, message: SecuredMessage, security: Security) {
    const { credentials, certificate } = security
    if (!credentials) throw new SignatureError('no name and password')
    stateOf(request).user = credentials.name.slice(0, longestName)
    const keyType = asked.keyType ?? (certificate ? 'PublicKey' : 'Bearer')
    const holder = keyType === 'PublicKey' ? certificate : undefined
    if (keyType === 'PublicKey') {
      if (!holder) throw new SignatureError('no key')
      takeProof(services, requireProof(message, security, holder.publicKey))
    }
    const now = services.clock()
    const period = lifeOf(holder ? 'holderOfKey' : 'bearer', asked.lifetime, now)
    const principal = await services.vcenterDoor.signIn({ ...credentials, source: request.source })
    stateOf(request).user = displayName(principal)
    requireGoodPassword(principal)
    return sign({
      ...services.tokenAccounts.describe(principal),
      groups: groupsOf(principal),
      authenticatedAt: now,
      period,
      holder,
      renewals: holder && asked.renewable ? mostRenewals : 0,
      audiences: asked.audience === undefined ? [] : [asked.audience],
    })
  }

  /** Another token in place of one that is good still, for whoever has its key. */
  async function renew(request: FastifyRequest, asked: TrustRequest, message: SecuredMessage, security: Security) {
    const { target } = asked
    if (!target) throw new SignatureError('no token')
    const claims = await claimsOf(services, target, message.root)
    stateOf(request).user = claims.subject
    if (!claims.holder || claims.renewals < 1) throw new SignatureError('the token cannot be renewed')
    takeProof(services, requireProof(message, security, claims.holder.publicKey))
    const principal = await services.tokenAccounts.principalOf(claims)
    stateOf(request).user = displayName(principal)
    requireGoodPassword(principal)
    return sign({
      ...claims,
      ...services.tokenAccounts.describe(principal),
      groups: groupsOf(principal),
      period: lifeOf('holderOfKey', asked.lifetime, services.clock()),
      renewals: claims.renewals - 1,
    })
  }

  async function isGood({ target }: TrustRequest, { root }: SecuredMessage): Promise<boolean> {
    if (!target) return false
    try {
      await services.tokenAccounts.principalOf(await claimsOf(services, target, root))
      return true
    } catch (error) {
      if (error instanceof SignatureError) return false
      if (error instanceof AccessError && error.code === 'unauthenticated') return false
      throw error
    }
  }

  async function sign(claims: Omit<Claims, 'id'>): Promise<{ token: string; period: Claims['period'] }> {
    const signer = await services.tokenSigners.current()
    return { token: writeAssertion(issuerOf(services), claims, signer), period: claims.period }
  }

  function requireGoodPassword(principal: SignedIn): void {
    if (principal.kind !== 'sso_user') return
    if (!mustChangePassword(principal.user, services.ssoPolicies.read(), services.clock())) return
    throw new AccessError('password_must_change', 'The password has expired or must be changed')
  }
}

/** Of what a caller says who they are, as far as it is recorded. */
const longestName = 256

const groupsOf = ({ groups }: SignedIn): string[] => [...groups].sort()

function writeTokens(
  { token, period }: { token: string; period: Claims['period'] },
  suffix: 'Collection' | '',
): string {
  const iso = (time: number) => new Date(time).toISOString()
  const lifetime = element('wsu:Created', iso(period.from)) + element('wsu:Expires', iso(period.until))
  const response = element(
    'wst:RequestSecurityTokenResponse',
    element('wst:TokenType', saml) +
      element('wst:RequestedSecurityToken', token) +
      element('wst:Lifetime', lifetime, ` xmlns:wsu="${wsu}"`),
    suffix === '' ? namespace : '',
  )
  return suffix === '' ? response : element(`wst:RequestSecurityTokenResponse${suffix}`, response, namespace)
}

const namespace = ` xmlns:wst="${wst}"`

function writeStatus(good: boolean): string {
  const code = element('wst:Code', `${wst}/status/${good ? 'valid' : 'invalid'}`)
  const content = element('wst:TokenType', `${wst}/RSTR/Status`) + element('wst:Status', code)
  return element('wst:RequestSecurityTokenResponse', content, namespace)
}
