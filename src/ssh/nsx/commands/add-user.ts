import { changeSystem } from '../../../http/nsx/permissions.ts'
import { newUserArguments, newUserFields, newUserOptions } from '../new-user.ts'
import { given, type NsxCommand, newUsername } from '../session.ts'

export const addUser: NsxCommand = {
  syntax: `add user <username> {${newUserOptions}}`,
  summary: 'Add a guest user; it is active once it has a password',
  requires: changeSystem.requires,
  arguments: { username: newUsername, ...newUserArguments },
  example: 'add user ci-bot full-name "CI pipeline" password-expiration-frequency 30',
  async run(session, values, words) {
    const { nodeUsers } = session.services
    const { fields, password } = newUserFields(values, words)
    const user = { ...fields, username: given(values.username) }
    await nodeUsers.create(session.call, session.appliance.realmId, user, password)
  },
}
