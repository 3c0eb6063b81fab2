import { changePasswords } from '../../../http/nsx/permissions.ts'
import { type NsxCommand, username } from '../session.ts'

export const clearUserPasswordExpiration: NsxCommand = {
  syntax: 'clear user <username> password-expiration',
  summary: "Let a user's password never expire",
  requires: changePasswords.requires,
  arguments: { username },
  example: 'clear user audit password-expiration',
  async run(session, { username = '' }) {
    const { realmId, userid } = await session.account(username)
    const fields = { passwordChangeFrequency: 0 }
    await session.services.nodeUsers.update(session.call, realmId, userid, fields, undefined, false)
  },
}
