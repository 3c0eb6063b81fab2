import { changePasswords } from '../../../http/nsx/permissions.ts'
import { wholeNumber } from '../../console/command.ts'
import { type NsxCommand, username, whole } from '../session.ts'

export const setUserPasswordExpiration: NsxCommand = {
  syntax: 'set user <username> password-expiration <days>',
  summary: "Set how many days a user's password is valid",
  requires: changePasswords.requires,
  arguments: { username, days: wholeNumber('Days that a password is valid', 1, 9999) },
  example: 'set user audit password-expiration 120',
  async run(session, { username = '', days }) {
    const { realmId, userid } = await session.account(username)
    const fields = { passwordChangeFrequency: whole(days) }
    await session.services.nodeUsers.update(session.call, realmId, userid, fields, undefined, false)
  },
}
