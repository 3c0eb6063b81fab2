import { ConsoleError } from '../../console/command.ts'
import type { NsxvCommand } from '../session.ts'
import { inferred } from '../texts.ts'

/** What admin gets instead of a console until the password of the first start is changed. */
export const changeOwnPassword: NsxvCommand = {
  syntax: 'passwd',
  modes: ['basic'],
  summary: 'Change a password that must be changed',
  hidden: true,
  example: 'passwd',
  async run(session) {
    session.print(inferred.mustChange)
    const password = await session.ask('New password: ', 'hidden')
    if (password !== (await session.ask('Repeat password: ', 'hidden')))
      throw new ConsoleError(inferred.passwordsDiffer)
    await session.nsxv.cliAccounts.setAdminPassword(session.change, password, 'saved')
  },
}
