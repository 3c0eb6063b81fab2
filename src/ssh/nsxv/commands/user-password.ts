import { AccessError } from '../../../access/errors.ts'
import { ConsoleError } from '../../console/command.ts'
import { configuring, given, type NsxvCommand, name, password } from '../session.ts'

/** The two lines with which the product refuses, whatever the reason. @see nsxv-api.md 5.3 */
const refusal = (user: string) =>
  `Failed to add user. Note: You cannot use this command to change the passwd of an existing user.\nERROR: could not add user:${user}`

export const userPassword: NsxvCommand = {
  syntax: 'user <name> password (plaintext <password> | hash <hash>)',
  modes: configuring,
  summary: 'Add a CLI user',
  arguments: { name, password, hash: { help: 'Hash of the password', shown: 'HASH', secret: true } },
  example: 'user api password plaintext Password123',
  async run(session, values) {
    const user = given(values.name)
    if (values.hash !== undefined) {
      throw new ConsoleError(
        session.explained(
          refusal(user),
          'hashes of other systems cannot be taken over; give the password as plaintext',
        ),
      )
    }
    try {
      await session.nsxv.cliAccounts.create(session.change, user, given(values.password))
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      throw new ConsoleError(session.explained(refusal(user), error.message))
    }
  },
}
