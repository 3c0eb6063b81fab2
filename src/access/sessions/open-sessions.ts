import type { Change } from '../../audit/journal.ts'
import type { Directory } from '../accounts/directory.ts'
import { AccessError } from '../errors.ts'
import type { Nsxv } from '../nsxv/nsxv.ts'
import { allows } from '../nsxv/principal.ts'
import { may } from '../permissions/rights.ts'
import type { Principal, RemoteSourceType } from '../principal.ts'
import type { Authorization } from '../vcenter/authorization.ts'
import { rootFolder } from '../vcenter/object-tree.ts'
import { displayName } from '../vcenter/principal.ts'
import type { VcenterSession, VcenterSessions } from '../vcenter/sessions.ts'
import type { SignedIn } from '../vcenter/sso/principals.ts'
import type { Consoles, OpenConsole } from './consoles.ts'
import type { Session, Sessions } from './sessions.ts'

/** Who looks at sessions: somebody of NSX Manager's, of vCenter's, or of both. */
export interface Viewer {
  nsx: { principal: Principal; session: Session | undefined } | undefined
  vcenter: { principal: SignedIn; session: VcenterSession | undefined } | undefined
}

export const sessionKinds = ['nsx', 'vcenter', 'ssh'] as const
export type SessionKind = (typeof sessionKinds)[number]

/** A session that is open, as lists show it. */
export interface OpenSession {
  /** Nobody signs in with it. */
  id: string
  kind: SessionKind
  user: string
  /** Where the user is known: with the appliance itself, in vCenter's own domain, or elsewhere. */
  from: 'local' | 'sso' | 'principal_identity' | RemoteSourceType
  applianceId: string
  /** Unknown of sessions of NSX Manager. */
  address?: string
  agent?: string
  /** Milliseconds since 1970. */
  createdAt: number
  /** Unknown of consoles. */
  usedAt?: number
  /** Whether it is the viewer's. */
  own: boolean
  /** Whether it is the one that the viewer looks with. */
  current: boolean
  mayEnd: boolean
}

export interface OpenSessionsParts {
  sessions: Sessions
  vcenterSessions: VcenterSessions
  consoles: Consoles
  directory: Directory
  authorization: Authorization
  nsxv: Pick<Nsxv, 'signIn'> | undefined
  /** Ids of appliances. */
  vcenterId: string
  nsxvId: string | undefined
}

export type OpenSessions = ReturnType<typeof createOpenSessions>

interface Entry extends OpenSession {
  end(change: Change): Promise<void>
}

interface Reach {
  read: boolean
  end: boolean
}

/**
 * The sessions of all surfaces. Everybody sees and may end their own; those of others:
 * NSX Manager's and the consoles of its nodes, by the permission on System Administration; vCenter's, by the privilege
 * Sessions.TerminateSession on the root folder, as its own API has it; the consoles of NSX for vSphere, by the permission
 * on its user accounts.
 */
export function createOpenSessions(parts: OpenSessionsParts) {
  const { sessions, vcenterSessions, consoles, directory, authorization, nsxv, vcenterId, nsxvId } = parts

  /** What a viewer may do with others' sessions. */
  function reachOf({ nsx, vcenter }: Viewer): Record<'nsx' | 'vcenter' | 'nsxvConsoles', Reach> {
    const inNsx = (permission: 'read' | 'crud') =>
      nsx !== undefined && may(nsx.principal.rights, 'system_administration', permission)
    const inVcenter =
      vcenter !== undefined && authorization.allows(vcenter.principal, rootFolder, 'Sessions.TerminateSession')
    const inNsxv = vcenter && nsxv?.signIn.asPerson(vcenter.principal)
    return {
      nsx: { read: inNsx('read'), end: inNsx('crud') },
      vcenter: { read: inVcenter, end: inVcenter },
      nsxvConsoles: {
        read: inNsxv !== undefined && allows(inNsxv, 'user_account_management', 'read'),
        end: inNsxv !== undefined && allows(inNsxv, 'user_account_management', 'write'),
      },
    }
  }

  function nsxEntries({ nsx }: Viewer, reach: Reach): Entry[] {
    if (!nsx) return []
    const all = sessions.list().filter(({ principal }) => reach.read || isSame(principal, nsx.principal))
    return all.map(({ session, principal }) => {
      const own = isSame(principal, nsx.principal)
      return {
        id: session.idHash,
        kind: 'nsx',
        user: principal.name,
        from: sourceOf(principal),
        applianceId: session.applianceId,
        createdAt: session.createdAt,
        usedAt: session.usedAt,
        own,
        current: session === nsx.session,
        mayEnd: own || reach.end,
        end: (change) => sessions.end(change, session),
      }
    })
  }

  function vcenterEntries({ vcenter }: Viewer, reach: Reach): Entry[] {
    if (!vcenter) return []
    const isOwn = ({ principal }: VcenterSession) => principal.key === vcenter.principal.key
    const all = vcenterSessions.list().filter((session) => reach.read || isOwn(session))
    return all.map((session) => {
      const { key, principal, ipAddress, userAgent, createdAt, usedAt } = session
      return {
        id: key,
        kind: 'vcenter',
        user: displayName(principal),
        from: principal.kind === 'sso_user' ? 'sso' : principal.person.sourceType,
        applianceId: vcenterId,
        address: ipAddress,
        agent: userAgent,
        createdAt,
        usedAt,
        own: isOwn(session),
        current: key === vcenter.session?.key,
        mayEnd: reach.end || isOwn(session),
        end: (change) => vcenterSessions.end(change, key),
      }
    })
  }

  function consoleEntries({ nsx }: Viewer, reach: { nsx: Reach; nsxvConsoles: Reach }): Entry[] {
    const isOwn = ({ realmId, userid }: OpenConsole) =>
      nsx?.principal.kind === 'local_user' &&
      nsx.principal.account.realmId === realmId &&
      nsx.principal.account.userid === userid
    return consoles.list().flatMap((console): Entry[] => {
      const { id, applianceId, realmId, userid, source, agent, openedAt } = console
      const { read, end } = applianceId === nsxvId ? reach.nsxvConsoles : reach.nsx
      const own = isOwn(console)
      if (!read && !own) return []
      return [
        {
          id,
          kind: 'ssh',
          user: directory.find(realmId, userid)?.name ?? '',
          from: 'local',
          applianceId,
          address: source,
          agent,
          createdAt: openedAt,
          own,
          current: false,
          mayEnd: end || own,
          async end(change) {
            consoles.end(change, console, 'This console was closed from elsewhere.')
          },
        },
      ]
    })
  }

  /** Those that a viewer may see. */
  function entries(viewer: Viewer): Entry[] {
    const reach = reachOf(viewer)
    return [
      ...nsxEntries(viewer, reach.nsx),
      ...vcenterEntries(viewer, reach.vcenter),
      ...consoleEntries(viewer, reach),
    ]
  }

  return {
    /** The sessions that a viewer may see, those used last first. */
    list(viewer: Viewer): OpenSession[] {
      const lastOf = ({ usedAt, createdAt }: OpenSession) => usedAt ?? createdAt
      return entries(viewer).sort((a, b) => lastOf(b) - lastOf(a))
    },

    /** How many sessions there are, of the kinds of which a viewer may see all. */
    count(viewer: Viewer): Partial<Record<SessionKind, number>> {
      const { nsx, vcenter, nsxvConsoles } = reachOf(viewer)
      const allConsoles = nsx.read && (nsxvId === undefined || nsxvConsoles.read)
      return {
        ...(nsx.read ? { nsx: sessions.list().length } : {}),
        ...(vcenter.read ? { vcenter: vcenterSessions.list().length } : {}),
        ...(allConsoles ? { ssh: consoles.list().length } : {}),
      }
    },

    /**
     * The session of an id, and how to end it.
     *
     * @throws {AccessError} `not_found` where there is none, or the viewer may not know; `forbidden`
     */
    ending(viewer: Viewer, id: string): { session: OpenSession; end(change: Change): Promise<void> } {
      const entry = entries(viewer).find((one) => one.id === id)
      if (!entry) throw new AccessError('not_found', `There is no session ${id}, or no longer`)
      if (!entry.mayEnd) throw new AccessError('forbidden', "Your roles do not let you end others' sessions here")
      return {
        session: entry,
        async end(change) {
          const { user, applianceId, kind } = entry
          await entry.end(change)
          change.values(id, { kind, user, applianceId })
        },
      }
    },
  }
}

function sourceOf(principal: Principal): OpenSession['from'] {
  if (principal.kind === 'local_user') return 'local'
  return principal.kind === 'principal_identity' ? 'principal_identity' : principal.person.sourceType
}

/** Whether two are one and the same somebody of NSX Manager's. */
function isSame(a: Principal, b: Principal): boolean {
  if (a.kind === 'local_user' && b.kind === 'local_user') {
    return a.account.realmId === b.account.realmId && a.account.userid === b.account.userid
  }
  if (a.kind === 'principal_identity' && b.kind === 'principal_identity') return a.id === b.id
  if (a.kind !== 'remote_user' || b.kind !== 'remote_user') return false
  const [one, other] = [a.person, b.person]
  return one.sourceType === other.sourceType && one.sourceId === other.sourceId && sameName(one.name, other.name)
}

const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
