import { mustChangePassword } from '../../access/accounts/account.ts'
import type { Services } from '../../services.ts'
import type { ConsoleKind } from '../console/kind.ts'
import { changeOwnPassword } from './commands/change-own-password.ts'
import { leaveConfiguration } from './commands/exit.ts'
import { nsxvCommands } from './commands.ts'
import { type NsxvCommand, type NsxvSession, nsxvSession } from './session.ts'
import { inferred, locked, texts } from './texts.ts'
import { words } from './words.ts'

const prompt = (ending: string) => ({
  prompt: ({ nsxv }: NsxvSession) => `${nsxv.configuration.read().hostname}${ending} `,
})

/** The console of NSX Manager for vSphere, a descendant of Quagga's. @see nsxv-api.md 5 */
export function nsxvConsole(services: Services): ConsoleKind<NsxvSession, NsxvCommand> {
  const { nsxv, clock } = services
  if (!nsxv) throw new Error('a console of an NSX Manager for vSphere that there is not')
  const { configuration } = nsxv
  return {
    modes: {
      basic: prompt('>'),
      privileged: prompt('#'),
      configuration: prompt('(config)#'),
      interface: prompt('(config-if)#'),
    },
    firstMode: 'basic',
    commands: nsxvCommands,
    words,
    quotes: false,
    texts,
    session: (base) => nsxvSession(base, services, nsxv),
    first: ({ user }) => (mustChangePassword(user.account, clock()) ? changeOwnPassword : undefined),
    refusal: ({ message }) => `ERROR: ${message}`,
    // Whoever wants to configure something is told at once that they will not.
    greeting: () => (configuration.isLocked() ? [locked] : []),
    suspend(session) {
      if (session.mode === 'configuration' || session.mode === 'interface') leaveConfiguration(session)
    },
    closed: (session) => configuration.unlock(session),
    idleSeconds: () => inferred.idle,
  }
}
