import { type sshKeyTypes as keyTypes, sshKeyTypes } from '../../../access/accounts/ssh-key.ts'
import { changeSystem } from '../../../http/nsx/permissions.ts'
import { oneOf } from '../../console/command.ts'
import { confirmHolder } from '../confirm-holder.ts'
import { given, holderOf, type NsxCommand, password, username } from '../session.ts'

const longestLabel = 255
const longestKey = 16_384

export const setUserSshKeys: NsxCommand = {
  syntax: 'set user <username> ssh-keys label <label> type <type> value <value> [password <password>]',
  summary: 'Add an SSH key of a user; root and admin need their password',
  requires: changeSystem.requires,
  arguments: {
    username,
    label: {
      help: 'Name of the key',
      check: (label) => (label.length <= longestLabel ? undefined : `longer than ${longestLabel} characters`),
    },
    type: oneOf('Type of the key', ...sshKeyTypes),
    value: {
      help: 'The key in base64, without type and comment',
      check: (value) => (value.length <= longestKey ? undefined : `longer than ${longestKey} characters`),
    },
    password,
  },
  example: 'set user audit ssh-keys label ops@bastion type ssh-ed25519 value AAAAC3NzaC1lZDI1NTE5AAAAIB0',
  async run(session, { username = '', password, ...key }) {
    const account = await session.account(username)
    const secret = await confirmHolder(session, account, password)
    const added = {
      label: given(key.label),
      type: given(key.type) as (typeof keyTypes)[number],
      value: given(key.value),
    }
    await session.services.sshKeys.add(session.call, holderOf(session, account), added, secret)
  },
}
