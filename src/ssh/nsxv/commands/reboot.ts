import { confirmed, type NsxvCommand, privileged } from '../session.ts'
import { inferred } from '../texts.ts'

/** Goes back to what was saved and closes every console. */
export const reboot: NsxvCommand = {
  syntax: 'reboot',
  modes: privileged,
  summary: 'Start the appliance anew, with the configuration that was saved',
  example: 'reboot',
  async run(session) {
    if (!(await confirmed(session, inferred.reboot))) return
    await session.nsxv.startup.reboot(session.change)
    session.end()
  },
}

export const reload: NsxvCommand = { ...reboot, syntax: 'reload', example: 'reload' }
