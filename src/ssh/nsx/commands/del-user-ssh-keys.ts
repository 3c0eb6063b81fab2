import { changeSystem } from '../../../http/nsx/permissions.ts'
import { confirmHolder } from '../confirm-holder.ts'
import { given, holderOf, type NsxCommand, password, username } from '../session.ts'

export const delUserSshKeys: NsxCommand = {
  syntax: 'del user <username> ssh-keys label <label> [password <password>]',
  summary: 'Delete an SSH key of a user; root and admin need their password',
  requires: changeSystem.requires,
  arguments: { username, label: { help: 'Name of the key' }, password },
  example: 'del user audit ssh-keys label ops@bastion',
  async run(session, { username = '', label, password }) {
    const account = await session.account(username)
    const secret = await confirmHolder(session, account, password)
    await session.services.sshKeys.remove(session.call, holderOf(session, account), given(label), secret)
  },
}
