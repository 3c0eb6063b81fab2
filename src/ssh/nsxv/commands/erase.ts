import { confirmed, type NsxvCommand, privileged } from '../session.ts'
import { inferred } from '../texts.ts'

export const writeErase: NsxvCommand = {
  syntax: 'write erase',
  modes: privileged,
  summary:
    'Erase the saved configuration: the next reboot goes back to an appliance that nobody has configured, whose only CLI user is admin, with the password of now',
  example: 'write erase',
  async run(session) {
    await session.nsxv.startup.erase(session.change)
    session.print(inferred.erased)
  },
}

export const databaseErase: NsxvCommand = {
  syntax: 'database erase',
  modes: privileged,
  summary:
    'Erase the database of the manager: all roles but those of admin and of who registered it with vCenter, and all tokens but theirs. CLI users and the audit log stay',
  example: 'database erase',
  async run(session) {
    if (!(await confirmed(session, inferred.eraseDatabase))) return
    await session.nsxv.users.removeAll(session.change, session.nsxv.settings.read().vcenterUser)
  },
}
