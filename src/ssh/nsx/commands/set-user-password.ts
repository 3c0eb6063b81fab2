import { adminUserid, rootUserid } from '../../../access/accounts/account.ts'
import { changePasswords } from '../../../http/nsx/permissions.ts'
import { askCurrentPassword, askNewPassword } from '../new-password.ts'
import { type NsxCommand, password, username } from '../session.ts'

/**
 * The user's own password and those of root and admin change only with the current one. Another's can be set without,
 * and must then be changed at the next sign-in.
 */
export const setUserPassword: NsxCommand = {
  syntax: 'set user <username> password [<password> [old-password <old-password>]]',
  summary: 'Set the password of a user',
  // One's own needs no permission.
  requires: 'sign-in',
  arguments: { username, password, 'old-password': { help: 'Current password of user', secret: true } },
  example: 'set user audit password',
  async run(session, { username = '', password, 'old-password': old }) {
    const { nodeUsers } = session.services
    const { realmId, userid } = await session.account(username)
    const own = session.user.account.userid === userid
    if (!own) session.require(changePasswords.requires)
    const needsOld = own || userid === adminUserid || userid === rootUserid
    const current = old ?? (needsOld ? await askCurrentPassword(session) : undefined)
    const chosen = password ?? (await askNewPassword(session))
    const { call } = session
    if (own) {
      const presented = { applianceId: session.appliance.id, source: session.source, password: current ?? '' }
      await nodeUsers.resetOwnPassword(call, presented, chosen)
    } else if (current === undefined) {
      await nodeUsers.resetPassword(call, realmId, userid, chosen)
    } else {
      await nodeUsers.update(call, realmId, userid, {}, { new: chosen, old: current }, false)
    }
  },
}
