import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { widestRole } from '../../../access/nsxv/feature-matrix.ts'
import { daysUntil, expiresAt } from '../../../access/passwords/age.ts'
import type { Principal } from '../../../access/principal.ts'
import { permissions } from '../../../access/roles/features.ts'
import { xsrfTokenOf } from '../../../access/sessions/xsrf-token.ts'
import type { SignInSurface } from '../../../access/sign-in/surface-of-name.ts'
import { rootFolder } from '../../../access/vcenter/object-tree.ts'
import { isSsoAdministrator, type SignedIn } from '../../../access/vcenter/sso/principals.ts'
import { passwordExpiresAt } from '../../../access/vcenter/sso/user.ts'
import type { Services } from '../../../services.ts'
import { rolesAnywhere } from '../../nsx/aaa/wire-roles.ts'
import { inferred } from '../../nsx/inferred.ts'
import { sessionCookie } from '../../nsx/session-cookie.ts'
import { browserCookie } from '../../vcenter/browser-session.ts'
import { stateOf } from '../state.ts'

const token = (header: string) => Type.String({ description: `What the cookie counts with, in the header ${header}` })
const common = {
  idle_timeout_seconds: Type.Integer({
    minimum: 0,
    description: 'Seconds without a call after which the session ends; 0: never',
  }),
  password_expires_in_days: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Whole days until the password must be changed; absent: never' }),
  ),
}

const NsxSession = Type.Object({
  user_name: Type.String(),
  source: Type.Enum(['local', 'vidm', 'ldap', 'oidc', 'csp', 'principal_identity']),
  roles: Type.Array(Type.String(), { description: 'Ids of the roles that are bound at any path' }),
  features: Type.Record(Type.String(), Type.Enum(['read', 'execute', 'crud']), {
    description: 'The permission on each feature at `/`; features without one are left out',
  }),
  xsrf_token: token('X-XSRF-TOKEN'),
  ...common,
})

const VcenterSession = Type.Object({
  user_name: Type.String(),
  domain: Type.String(),
  administrator: Type.Boolean({ description: 'Whether they may manage the users of vsphere.local' }),
  privileges: Type.Array(Type.String(), { description: 'On the root folder' }),
  nsxv_role: Type.Union([Type.String(), Type.Null()], {
    description: 'Their role in NSX Manager for vSphere, the widest where groups give several; null: none',
  }),
  xsrf_token: token('X-Vcenter-Xsrf-Token'),
  ...common,
})

export const BrowserSessions = Type.Object({
  nsx: Type.Union([NsxSession, Type.Null()]),
  vcenter: Type.Union([VcenterSession, Type.Null()]),
  oidc_sign_in: Type.Union([Type.String(), Type.Null()], {
    description: 'Where a browser begins to sign in at the OpenID provider; null where there is none',
  }),
})

/** Ids of a browser's sessions. */
export type SessionIds = Partial<Record<SignInSurface, string>>

/**
 * Whose sessions a browser's cookies are, though it shows no tokens: that alone may be read so. The callers are the
 * call's from then on, for its record.
 */
export function recallByCookies(
  request: FastifyRequest,
  surfaces: readonly SignInSurface[] = ['nsx', 'vcenter'],
): SessionIds {
  const { headers, manager, server } = request
  const { sessions, vcenterSessions } = server.services
  const ids: SessionIds = {}
  const nsxId = surfaces.includes('nsx') ? sessionCookie(headers.cookie) : undefined
  const nsx = nsxId === undefined ? undefined : sessions.withId(manager.id, nsxId)
  if (nsxId !== undefined && nsx) {
    request.identity = nsx
    ids.nsx = nsxId
  }
  const vcenterId = surfaces.includes('vcenter') ? sessionCookie(headers.cookie, browserCookie) : undefined
  const session = vcenterId === undefined ? undefined : vcenterSessions.withId(vcenterId)
  if (vcenterId !== undefined && session) {
    stateOf(request).vcenter = { principal: session.principal, session }
    ids.vcenter = vcenterId
  }
  return ids
}

/** A browser's sessions, with what it shows with their cookies from now on. */
export function browserSessions(request: FastifyRequest, ids: SessionIds): Type.Static<typeof BrowserSessions> {
  const { services } = request.server
  const { identity } = request
  const { vcenter } = stateOf(request)
  const opens =
    services.vidm.opens(request.manager.realmId) && services.apiService.read().config.cookieBasedAuthenticationEnabled
  return {
    nsx: ids.nsx !== undefined && identity ? nsxSession(services, identity.principal, ids.nsx) : null,
    vcenter: ids.vcenter !== undefined && vcenter ? vcenterSession(services, vcenter.principal, ids.vcenter) : null,
    oidc_sign_in: opens ? inferred.oidcLogin : null,
  }
}

function nsxSession({ apiService, clock }: Services, principal: Principal, id: string) {
  const { name, rolesForPaths, rights } = principal
  const account = principal.kind === 'local_user' ? principal.account : undefined
  const expiry = account && expiresAt(account.passwordChangedAt, account.passwordChangeFrequency)
  const features = [...rights].filter(([, level]) => level > 0).map(([feature, level]) => [feature, permissions[level]])
  return {
    user_name: name,
    source: sourceOf(principal),
    roles: rolesAnywhere(rolesForPaths),
    features: Object.fromEntries(features),
    xsrf_token: xsrfTokenOf(id),
    idle_timeout_seconds: apiService.read().config.sessionTimeout,
    ...expiring(expiry, clock()),
  }
}

function sourceOf(principal: Principal): Type.Static<typeof NsxSession>['source'] {
  if (principal.kind === 'local_user') return 'local'
  if (principal.kind === 'principal_identity') return 'principal_identity'
  return ({ VIDM: 'vidm', LDAP: 'ldap', OIDC: 'oidc', CSP: 'csp' } as const)[principal.person.sourceType]
}

function vcenterSession(services: Services, principal: SignedIn, id: string) {
  const { authorization, config, ssoPolicies, nsxv, clock } = services
  const { name, domain } = principal
  const expiry = principal.kind === 'sso_user' ? passwordExpiresAt(principal.user, ssoPolicies.read()) : undefined
  const grants = nsxv?.signIn.asPerson(principal)?.grants ?? []
  return {
    user_name: name,
    domain,
    administrator: isSsoAdministrator(principal),
    privileges: [...authorization.privilegesOn(principal, rootFolder)],
    nsxv_role: widestRole(grants.map(({ role }) => role)) ?? null,
    xsrf_token: xsrfTokenOf(id),
    idle_timeout_seconds: config.vcenterSessions.idleTimeout,
    ...expiring(expiry, clock()),
  }
}

function expiring(expiry: number | undefined, now: number): { password_expires_in_days?: number } {
  const days = expiry === undefined ? undefined : daysUntil(expiry, now)
  return days === undefined ? {} : { password_expires_in_days: days }
}
