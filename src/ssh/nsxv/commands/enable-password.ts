import { ConsoleError } from '../../console/command.ts'
import { configuring, given, type NsxvCommand, password } from '../session.ts'

export const enablePassword: NsxvCommand = {
  syntax: 'enable password (<password> | plaintext <password> | hash <hash>)',
  modes: configuring,
  summary: 'Change the password of privileged mode, which all CLI users share',
  arguments: { password, hash: { help: 'Hash of the password', shown: 'HASH', secret: true } },
  example: 'enable password Harbour-77',
  async run(session, values) {
    if (values.hash !== undefined) throw new ConsoleError('ERROR: hashes of other systems cannot be taken over')
    await session.nsxv.cliAccounts.setEnablePassword(session.change, given(values.password))
  },
}
