import { type NsxvCommand, saving } from '../session.ts'

/** @see nsxv-api.md 5.4 */
export const writeMemory: NsxvCommand = {
  syntax: 'write memory',
  modes: saving,
  summary: 'Save the configuration; what is not saved is lost at the next reboot',
  example: 'write memory',
  async run(session) {
    await session.nsxv.startup.save(session.change)
    session.print('Building Configuration...', 'Configuration saved.', '[OK]')
  },
}

export const copyRunningConfig: NsxvCommand = {
  ...writeMemory,
  syntax: 'copy running-config startup-config',
  example: 'copy running-config startup-config',
}
