import { ConsoleError } from '../../console/command.ts'
import type { NsxvCommand } from '../session.ts'
import { inferred } from '../texts.ts'

/** The one password of privileged mode is asked for, three times. @see nsxv-api.md 5.1 */
export const enable: NsxvCommand = {
  syntax: 'enable',
  modes: ['basic'],
  summary: 'Enter privileged mode',
  example: 'enable',
  async run(session) {
    const { cliAccounts } = session.nsxv
    for (let attempt = 0; attempt < inferred.enableTries; attempt++) {
      const password = await session.ask('Password: ', 'hidden')
      if (await cliAccounts.matchesEnablePassword(password, session.source)) {
        session.mode = 'privileged'
        return
      }
    }
    throw new ConsoleError(inferred.badEnablePassword)
  },
}
