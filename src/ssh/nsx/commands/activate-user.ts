import { changeSystem } from '../../../http/nsx/permissions.ts'
import { askNewPassword } from '../new-password.ts'
import { type NsxCommand, password, username } from '../session.ts'

export const activateUser: NsxCommand = {
  syntax: 'activate user <username> password [<password>]',
  summary: 'Activate a user with a password',
  requires: changeSystem.requires,
  arguments: { username, password },
  example: 'activate user audit password',
  async run(session, { username = '', password }) {
    const { userid, realmId } = await session.account(username)
    const chosen = password ?? (await askNewPassword(session))
    await session.services.nodeUsers.activate(session.call, realmId, userid, chosen)
  },
}
