import { readUsers } from '../../../http/nsx/permissions.ts'
import { inferred } from '../inferred.ts'
import { holderOf, type NsxCommand, username } from '../session.ts'

export const getUserSshKeys: NsxCommand = {
  syntax: 'get user <username> ssh-keys',
  summary: 'Show the SSH keys of a user on this appliance',
  requires: readUsers.requires,
  arguments: { username },
  example: 'get user admin ssh-keys',
  async run(session, { username = '' }) {
    const keys = await session.services.sshKeys.list(holderOf(session, await session.account(username)))
    session.answer(...keys.flatMap((key, index) => [...(index > 0 ? [''] : []), ...inferred.sshKey(key)]))
  },
}
