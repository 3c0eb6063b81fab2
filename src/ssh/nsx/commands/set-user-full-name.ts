import { changePasswords } from '../../../http/nsx/permissions.ts'
import { type NsxCommand, username } from '../session.ts'

export const setUserFullName: NsxCommand = {
  syntax: 'set user <username> full-name <full-name>',
  summary: 'Set the full name of a user',
  requires: changePasswords.requires,
  arguments: { username, 'full-name': { help: 'Full name of user' } },
  example: 'set user guestuser1 full-name "Backup robot"',
  async run(session, { username = '', 'full-name': fullName = '' }) {
    const { realmId, userid } = await session.account(username)
    await session.services.nodeUsers.update(session.call, realmId, userid, { fullName }, undefined, false)
  },
}
