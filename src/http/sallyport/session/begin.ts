import type { FastifyRequest } from 'fastify'
import { mustChangePassword } from '../../../access/accounts/account.ts'
import { AccessError } from '../../../access/errors.ts'
import type { SignInSurface } from '../../../access/sign-in/surface-of-name.ts'
import { displayName } from '../../../access/vcenter/principal.ts'
import { cookieAttributes, cookieName } from '../../nsx/session-cookie.ts'
import { recordedHeader } from '../../recorded.ts'
import { browserCookie, browserCookieAttributes } from '../../vcenter/browser-session.ts'
import { sallyportRecord } from '../call-record.ts'
import { stateOf } from '../state.ts'

interface Given {
  name: string
  password: string
}

interface Begun {
  id: string
  cookie: string
}

/** How a browser forgets a session. */
export const forgetting: Readonly<Record<SignInSurface, string>> = {
  nsx: `${cookieName}=; ${cookieAttributes}; Max-Age=0`,
  vcenter: `${browserCookie}=; ${browserCookieAttributes}; Max-Age=0`,
}

/**
 * Signs a browser in through the door of one surface. The session is the call's from then on.
 *
 * @returns its id, and the cookie that carries it.
 * @throws {AccessError} `unauthenticated`, `password_must_change`, `busy`, `too_many_sessions`
 */
export const begin: Readonly<Record<SignInSurface, (request: FastifyRequest, given: Given) => Promise<Begun>>> = {
  async nsx(request, given) {
    const { manager, source, server } = request
    const { apiService, door, sessions, vidm, journal, clock } = server.services
    if (!apiService.read().config.cookieBasedAuthenticationEnabled) {
      throw new AccessError('unauthenticated', 'Sessions cannot be created')
    }
    const principal = await door.signIn({ applianceId: manager.id, realmId: manager.realmId, source, ...given })
    if (principal.kind === 'local_user' && mustChangePassword(principal.account, clock())) throw mustChange('nsx')
    const { id } = await journal.change(
      async (change) => {
        await vidm.requireCurrent(change, principal)
        return sessions.create(change, manager.id, manager.realmId, principal)
      },
      () => sallyportRecord(request, 200, 0, {}, { kind: 'sign-in', surface: 'nsx', user: principal.name }),
    )
    request.identity = sessions.withId(manager.id, id)
    return { id, cookie: `${cookieName}=${id}; ${cookieAttributes}` }
  },

  async vcenter(request, given) {
    const { source, server, headers } = request
    const { vcenterDoor, vcenterSessions, journal } = server.services
    const principal = await vcenterDoor.signIn({ ...given, source })
    const agent = recordedHeader(headers['user-agent']) ?? ''
    const { id, session } = await journal
      .change(
        (change) => vcenterSessions.create(change, { principal, source, agent }),
        () =>
          sallyportRecord(request, 200, 0, {}, { kind: 'sign-in', surface: 'vcenter', user: displayName(principal) }),
      )
      .catch((error) => {
        throw error instanceof AccessError && error.code === 'password_must_change' ? mustChange('vcenter') : error
      })
    stateOf(request).vcenter = { principal, session }
    return { id, cookie: `${browserCookie}=${id}; ${browserCookieAttributes}` }
  },
}

const mustChange = (surface: SignInSurface) =>
  new AccessError('password_must_change', 'The password has expired or must be changed', { surface })
