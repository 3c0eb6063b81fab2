import { ConsoleError } from '../../console/command.ts'
import { inferred } from '../inferred.ts'
import { askCurrentPassword, askNewPassword } from '../new-password.ts'
import type { NsxCommand } from '../session.ts'

/** What a user whose password has expired, or must be changed, gets instead of a console. */
export const changeOwnPassword: NsxCommand = {
  syntax: 'passwd',
  summary: 'Change a password that is valid no more',
  requires: 'sign-in',
  hidden: true,
  example: 'passwd',
  async run(session) {
    if (!session.interactive) throw new ConsoleError(inferred.mustChangeInTerminal)
    session.print(...inferred.mustChange)
    const current = await askCurrentPassword(session)
    const chosen = await askNewPassword(session)
    const presented = { applianceId: session.appliance.id, source: session.source, password: current }
    await session.services.nodeUsers.resetOwnPassword(session.call, presented, chosen)
    session.print(inferred.changed)
  },
}
