import { changePasswords } from '../../../http/nsx/permissions.ts'
import { type NsxCommand, newUsername, username } from '../session.ts'

export const setUserUsername: NsxCommand = {
  syntax: 'set user <username> username <new-username>',
  summary: 'Rename a user',
  requires: changePasswords.requires,
  arguments: { username, 'new-username': newUsername },
  example: 'set user guestuser1 username backup-bot',
  async run(session, { username = '', 'new-username': renamed = '' }) {
    const { realmId, userid } = await session.account(username)
    await session.services.nodeUsers.update(session.call, realmId, userid, { username: renamed }, undefined, false)
  },
}
