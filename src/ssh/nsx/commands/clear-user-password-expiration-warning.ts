import { changePasswords } from '../../../http/nsx/permissions.ts'
import { type NsxCommand, username } from '../session.ts'

export const clearUserPasswordExpirationWarning: NsxCommand = {
  syntax: 'clear user <username> password-expiration-warning',
  summary: 'Warn a user no more before the password expires',
  requires: changePasswords.requires,
  arguments: { username },
  example: 'clear user audit password-expiration-warning',
  async run(session, { username = '' }) {
    const { realmId, userid } = await session.account(username)
    const fields = { passwordChangeWarning: 0 }
    await session.services.nodeUsers.update(session.call, realmId, userid, fields, undefined, false)
  },
}
