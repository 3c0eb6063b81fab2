import { mustChangePassword, rootUserid } from '../../access/accounts/account.ts'
import type { Appliance } from '../../inventory/appliances.ts'
import type { Services } from '../../services.ts'
import type { ConsoleKind } from '../console/kind.ts'
import { changeOwnPassword } from './commands/change-own-password.ts'
import { refuseRoot } from './commands/refuse-root.ts'
import { nsxCommands } from './commands.ts'
import { inferred } from './inferred.ts'
import { meets, type NsxCommand, type NsxSession, nsxSession } from './session.ts'
import { words } from './words.ts'

/** nsxcli, as managers and edges have it. @see nsx-api.md 10 */
export function nsxConsole(services: Services, { kind }: Appliance): ConsoleKind<NsxSession, NsxCommand> {
  return {
    modes: { basic: { prompt: ({ appliance }) => `${appliance.name}> ` } },
    firstMode: 'basic',
    commands: nsxCommands.filter(({ on }) => on === undefined || on === kind),
    words,
    quotes: true,
    pipes: true,
    texts: inferred,
    session: (base) => nsxSession(base, services),
    permits: ({ user }, { requires }) => meets(user, requires),
    first({ user }) {
      if (user.account.userid === rootUserid) return refuseRoot
      return mustChangePassword(user.account, services.clock()) ? changeOwnPassword : undefined
    },
    refusal: ({ message }) => inferred.error(message),
    greeting: ({ appliance }) =>
      inferred.greeting(
        appliance.kind,
        services.config.nsxRelease.version,
        services.nodeSettings.read(appliance.id).motd,
      ),
    idleSeconds: ({ appliance }) => services.nodeSettings.read(appliance.id).cliTimeout,
    historySize: ({ appliance }) => services.nodeSettings.read(appliance.id).cliHistorySize,
  }
}
