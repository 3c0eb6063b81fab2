import { changeSystem } from '../../../http/nsx/permissions.ts'
import { newUserArguments, newUserFields, newUserOptions } from '../new-user.ts'
import { type NsxCommand, newUsername } from '../session.ts'

export const addAuditUser: NsxCommand = {
  syntax: `add user audit {username <username>, ${newUserOptions}}`,
  summary: 'Add the audit user again, once it was deleted',
  requires: changeSystem.requires,
  arguments: { username: newUsername, ...newUserArguments },
  words: { audit: 'The audit user' },
  example: 'add user audit username auditor1',
  async run(session, values, words) {
    const { nodeUsers } = session.services
    const { fields, password } = newUserFields(values, words)
    const user = values.username === undefined ? fields : { ...fields, username: values.username }
    await nodeUsers.createAudit(session.call, session.appliance.realmId, user, password)
  },
}
