import { AccessError } from '../../../access/errors.ts'
import { globalRoot, rootFolder } from '../../../access/vcenter/object-tree.ts'
import { displayName, principalKey, type VcenterPrincipal } from '../../../access/vcenter/principal.ts'
import { type CreatedVcenterSession, defaultLocale, type VcenterSession } from '../../../access/vcenter/sessions.ts'
import { fullNameOf } from '../../../access/vcenter/sso/user.ts'
import { parseSignInName } from '../../../access/vcenter/sso/user-name.ts'
import type { Change } from '../../../audit/journal.ts'
import { principalOfToken } from '../saml/sign-in.ts'
import type { SdkCall } from './call.ts'
import { managedObject } from './managed-object.ts'
import { anonymous, type ManagedType, method, property } from './managed-type.ts'
import { boolean, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { userSession } from './types/session.ts'
import { type Fields, invalid, list, optional, secret, type ValueOf } from './types/vim-type.ts'

/** Languages that a session can be in; all of them are answered in English. */
const locales = ['en', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'pt', 'zh_CN', 'zh_TW']

/** @see vcenter-api.md 7.3 */
export const sessionManager: ManagedType = {
  name: 'SessionManager',
  base: managedObject,
  properties: {
    sessionList: property(list(userSession), 'Sessions.TerminateSession', (_subject, { services }) =>
      services.vcenterSessions.list().map(wireSession),
    ),
    currentSession: property(userSession, anonymous, (_subject, { session }) => session && wireSession(session)),
    message: property(string, 'System.View', () => undefined),
    messageLocaleList: property(list(string), anonymous, () => [defaultLocale]),
    supportedLocaleList: property(list(string), anonymous, () => locales),
    defaultLocale: property(string, anonymous, () => defaultLocale),
  },
  methods: {
    Login: method({
      requires: 'nothing',
      parameters: { userName: string, password: secret(string), locale: optional(string) },
      result: userSession,
      signs: 'in',
      async run(call, { userName, password, locale }) {
        // Whoever is signed in already is told so before the password is looked at.
        if (call.session) throw invalidLogin()
        requireLocale(locale)
        const { vcenterDoor, vcenterSessions } = call.services
        const { source, agent } = call
        const principal = await asLogin(() => vcenterDoor.signIn({ name: userName, password, source }))
        call.signedIn(principal)
        requireSomePermission(call, principal)
        return begin(call, (change) =>
          asLogin(() => vcenterSessions.create(change, { principal, source, agent, locale })),
        )
      },
      answer: ({ session }) => wireSession(session),
    }),

    Logout: method({
      requires: 'session',
      parameters: {},
      signs: 'out',
      run: (call) => call.change((change) => call.services.vcenterSessions.end(change, call.sessionKey ?? '')),
      answer: () => undefined,
    }),

    SessionIsActive: method({
      requires: { privilege: 'Sessions.ValidateSession' },
      parameters: { sessionID: string, userName: string },
      result: boolean,
      run({ services }, { sessionID, userName }) {
        const session = services.vcenterSessions.find(sessionID)
        const { name, domain } = parseSignInName(userName)
        return session !== undefined && session.principal.key === principalKey(name, domain)
      },
    }),

    AcquireCloneTicket: method({
      requires: { privilege: 'System.View' },
      parameters: {},
      result: string,
      run: ({ services, sessionKey = '' }) => services.vcenterSessions.acquireCloneTicket(sessionKey),
    }),

    CloneSession: method({
      requires: 'nothing',
      parameters: { cloneTicket: secret(string) },
      result: userSession,
      signs: 'in',
      run(call, { cloneTicket }) {
        const { source, agent } = call
        return begin(call, async (change) => {
          const { vcenterSessions } = call.services
          const begun = await asLogin(() => vcenterSessions.clone(change, cloneTicket, { source, agent }))
          call.signedIn(begun.session.principal)
          return begun
        })
      },
      answer: ({ session }) => wireSession(session),
    }),

    /** The session becomes somebody else's, who has to have one too. */
    ImpersonateUser: method({
      requires: { privilege: 'Sessions.ImpersonateUser' },
      parameters: { userName: string, locale: optional(string) },
      result: userSession,
      changes: true,
      run(call, { userName, locale }) {
        requireLocale(locale)
        const { vcenterSessions } = call.services
        const { source, agent, sessionKey = '' } = call
        const { name, domain } = parseSignInName(userName)
        const theirs = vcenterSessions.list().find(({ principal }) => principal.key === principalKey(name, domain))
        if (!theirs) throw invalidLogin()
        const { principal } = theirs
        return begin(call, async (change) => {
          const begun = await vcenterSessions.impersonate(change, sessionKey, { principal, source, agent, locale })
          await vcenterSessions.end(change, sessionKey)
          change.values(sessionKey, undefined, { userName: displayName(principal) })
          return begun
        })
      },
      answer: ({ session }) => wireSession(session),
    }),

    TerminateSession: method({
      requires: { privilege: 'Sessions.TerminateSession' },
      parameters: { sessionId: list(string) },
      changes: true,
      run(call, { sessionId }) {
        if (call.sessionKey !== undefined && sessionId.includes(call.sessionKey)) {
          throw invalid('sessionId', 'is the session of the call')
        }
        return call.change(async (change) => {
          for (const key of new Set(sessionId)) await call.services.vcenterSessions.end(change, key)
        })
      },
      answer: () => undefined,
    }),

    /** @see docs/decisions/043-sso-tokens.md */
    LoginByToken: method({
      requires: 'nothing',
      parameters: { locale: optional(string) },
      result: userSession,
      signs: 'in',
      async run(call, { locale }) {
        if (call.session) throw invalidLogin()
        requireLocale(locale)
        const { source, agent } = call
        const principal = await asLogin(() => principalOfToken(call.services, call.message))
        call.signedIn(principal)
        requireSomePermission(call, principal)
        return begin(call, (change) =>
          asLogin(() => call.services.vcenterSessions.create(change, { principal, source, agent, locale })),
        )
      },
      answer: ({ session }) => wireSession(session),
    }),

    LoginBySSPI: notBuilt({ base64Token: secret(string), locale: optional(string) }, 'A sign-in by SSPI'),
    LoginExtensionByCertificate: notBuilt(
      { extensionKey: string, locale: optional(string) },
      'A sign-in of an extension',
    ),
  },
}

/** What other servers do and this one does not yet. */
function notBuilt<P extends Fields>(parameters: P, what: string) {
  return method({
    requires: 'nothing',
    parameters,
    signs: 'in',
    run() {
      throw vimFault('NotSupported', `${what} is not built yet`, {})
    },
  })
}

/** Begins a session, and gives it to the client once it is durable. */
export async function begin(
  call: SdkCall,
  make: (change: Change) => Promise<CreatedVcenterSession>,
): Promise<CreatedVcenterSession> {
  const begun = await call.change(make)
  call.sendSession(begun.id)
  return begun
}

const invalidLogin = () => vimFault('InvalidLogin', '', {})

/** Whatever keeps somebody from signing in reads alike, but for a password that has to be changed. */
export async function asLogin<T>(signIn: () => Promise<T>): Promise<T> {
  try {
    return await signIn()
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    if (error.code === 'unauthenticated') throw Object.assign(invalidLogin(), { cause: error })
    if (error.code === 'password_must_change') throw vimFault('PasswordExpired', error.message, {})
    throw error
  }
}

/** Whoever may see nothing at all may not come in. @see vcenter-api.md 7.3, inferred */
function requireSomePermission({ services }: SdkCall, principal: VcenterPrincipal): void {
  const view = 'System.View'
  if ([rootFolder, globalRoot].some((id) => services.authorization.allows(principal, id, view))) return
  const object = { type: 'Folder', id: rootFolder }
  throw vimFault('NoPermission', '', { object, privilegeId: view })
}

/** @throws {VimFault} `InvalidLocale` */
function requireLocale(locale: string | undefined): void {
  if (locale === undefined || locale === '') return
  const language = locale.replace('-', '_').split('_')[0]?.toLowerCase()
  if (locales.some((one) => one.split('_')[0] === language) && locale.length <= longestLocale) return
  throw vimFault('InvalidLocale', 'The locale is not one of supportedLocaleList', {})
}

const longestLocale = 16

function wireSession(session: VcenterSession): ValueOf<typeof userSession> {
  const { key, principal, createdAt, usedAt, locale, extensionSession, ipAddress, userAgent, callCount } = session
  const fullName = principal.kind === 'sso_user' ? fullNameOf(principal.user) : ''
  return {
    key,
    userName: displayName(principal),
    fullName: fullName || displayName(principal),
    loginTime: createdAt,
    lastActiveTime: usedAt,
    locale,
    messageLocale: defaultLocale,
    extensionSession,
    ipAddress,
    userAgent,
    callCount,
  }
}
