import { changeSystem } from '../../../http/nsx/permissions.ts'
import { type NsxCommand, username } from '../session.ts'

export const deactivateUser: NsxCommand = {
  syntax: 'deactivate user <username>',
  summary: 'Deactivate a user; their consoles close',
  requires: changeSystem.requires,
  arguments: { username },
  example: 'deactivate user guestuser1',
  async run(session, { username = '' }) {
    const { userid, realmId } = await session.account(username)
    await session.services.nodeUsers.deactivate(session.call, realmId, userid)
  },
}
