import { AccessError } from '../../../access/errors.ts'
import { ConsoleError } from '../../console/command.ts'
import { configuring, given, type NsxvCommand, name } from '../session.ts'
import { inferred } from '../texts.ts'

/** What lets an account be authenticated by the API; it has no role with it. @see nsxv-api.md 5.3 */
export const userPrivilege: NsxvCommand = {
  syntax: 'user <name> privilege web-interface',
  modes: configuring,
  summary: 'Let a CLI user use the web interface, which is the API',
  arguments: { name },
  example: 'user api privilege web-interface',
  async run(session, values) {
    try {
      await session.nsxv.cliAccounts.grantWebInterface(session.change, given(values.name))
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      throw new ConsoleError(session.explained('ERROR: could not add privilege', error.message))
    }
  },
}

export const noUserPrivilege: NsxvCommand = {
  syntax: 'no user <name> privilege web-interface',
  modes: configuring,
  summary: 'Keep a CLI user from the web interface',
  arguments: { name },
  example: 'no user api privilege web-interface',
  async run(session, values) {
    try {
      await session.nsxv.cliAccounts.revokeWebInterface(session.change, given(values.name))
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      throw new ConsoleError(session.explained(inferred.noPrivilegeRemoved, error.message))
    }
  },
}
