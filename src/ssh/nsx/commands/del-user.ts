import { changeSystem } from '../../../http/nsx/permissions.ts'
import { type NsxCommand, username } from '../session.ts'

export const delUser: NsxCommand = {
  syntax: 'del user <username>',
  summary: 'Delete a user',
  requires: changeSystem.requires,
  arguments: { username },
  example: 'del user guestuser2',
  async run(session, { username = '' }) {
    const { userid, realmId } = await session.account(username)
    await session.services.nodeUsers.remove(session.call, realmId, userid)
  },
}
