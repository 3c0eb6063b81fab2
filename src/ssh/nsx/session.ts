import type { Account } from '../../access/accounts/account.ts'
import type { KeyHolder } from '../../access/accounts/ssh-keys.ts'
import { AccessError } from '../../access/errors.ts'
import { may } from '../../access/permissions/rights.ts'
import type { LocalUser } from '../../access/principal.ts'
import type { PermissionRequirement } from '../../http/request.ts'
import type { Services } from '../../services.ts'
import type { Argument, Command } from '../console/command.ts'
import type { ConsoleSession } from '../console/session.ts'
import { timestamp } from './timestamp.ts'

/** What an NSX command asks of who runs it: a permission on a feature, as the API's calls do, or to be signed in. */
export type NsxRequirement = 'sign-in' | Pick<PermissionRequirement, 'feature' | 'permission'>

/** A command of nsxcli. */
export interface NsxCommand extends Command<NsxSession> {
  requires: NsxRequirement
  /** Absent: of every appliance. */
  on?: 'manager'
}

/** An open nsxcli. */
export interface NsxSession extends ConsoleSession {
  readonly services: Services
  /** The line with the time that answers begin with; none where the node's `cli_output_datetime` is false. */
  time(): string[]
  /** Prints the answer of a `get`, which begins with the time. */
  answer(...lines: string[]): void
  /** @throws {AccessError} `user_not_found` */
  account(name: string): Promise<Account>
  /** @throws {AccessError} `forbidden` */
  require(requirement: NsxRequirement): void
}

export function nsxSession(base: ConsoleSession, services: Services): NsxSession {
  const { realmId } = base.appliance
  const time = () => {
    const { cliOutputDatetime, timezone } = services.nodeSettings.read(base.appliance.id)
    return cliOutputDatetime ? [timestamp(services.clock(), timezone)] : []
  }
  // The base's members change with time: they are asked, not copied.
  return Object.assign(Object.create(base) as ConsoleSession, {
    services,
    time,
    answer: (...lines: string[]) => base.print(...time(), ...lines),
    async account(name: string) {
      const account = (await services.nodeUsers.list(realmId)).find(({ username }) => username === name)
      if (!account) throw new AccessError('user_not_found', `User ${name} not found`, { value: name })
      return account
    },
    require(requirement: NsxRequirement) {
      if (meets(base.user, requirement)) return
      throw new AccessError('forbidden', 'User is not authorized to perform this operation')
    },
  })
}

export function meets(user: LocalUser, requires: NsxRequirement): boolean {
  return requires === 'sign-in' || may(user.rights, requires.feature, requires.permission)
}

export const holderOf = ({ appliance }: NsxSession, { realmId, userid }: Account): KeyHolder => ({
  applianceId: appliance.id,
  realmId,
  userid,
})

/** The name of a user, completed from those there are. */
export const username: Argument<NsxSession> = {
  help: 'Username of user',
  async values({ services, appliance }) {
    return (await services.nodeUsers.list(appliance.realmId)).map((account) => account.username)
  },
}

export const newUsername: Argument<NsxSession> = { help: 'Username of user' }
export const password: Argument<NsxSession> = { help: 'Password of user', secret: true }

/** A value that the syntax does not leave out. */
export function given(value: string | undefined): string {
  if (value === undefined) throw new Error('an argument is missing that the syntax demands')
  return value
}

export const whole = (value: string | undefined): number => Number(given(value))
