import { AccessError } from '../../../access/errors.ts'
import { ConsoleError } from '../../console/command.ts'
import { configuring, given, type NsxvCommand, name } from '../session.ts'
import { inferred } from '../texts.ts'

export const noUser: NsxvCommand = {
  syntax: 'no user <name>',
  modes: configuring,
  summary: 'Delete a CLI user, with the privilege and the role they have',
  arguments: { name },
  example: 'no user api',
  async run(session, values) {
    const user = given(values.name)
    try {
      await session.nsxv.cliAccounts.remove(session.change, user)
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      throw new ConsoleError(session.explained(inferred.noUser(user), error.message))
    }
  },
}
