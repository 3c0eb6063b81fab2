import { inferred as nsx } from '../../../http/nsx/inferred.ts'
import { anyAccount, changeSystem } from '../../../http/nsx/permissions.ts'
import { wholeNumber } from '../../console/command.ts'
import { type NsxCommand, whole } from '../session.ts'

export const getCliTimeout: NsxCommand = {
  syntax: 'get cli-timeout',
  summary: 'Show after how much silence consoles close',
  requires: anyAccount.requires,
  example: 'get cli-timeout',
  run(session) {
    session.answer(`${session.services.nodeSettings.read(session.appliance.id).cliTimeout} seconds`)
  },
}

export const setCliTimeout: NsxCommand = {
  syntax: 'set cli-timeout <seconds>',
  summary: 'Set after how many seconds of silence consoles of this appliance close; 0: never',
  requires: changeSystem.requires,
  arguments: { seconds: wholeNumber('Seconds', 0, nsx.longestCliTimeout) },
  example: 'set cli-timeout 300',
  async run(session, { seconds }) {
    await session.services.nodeSettings.change(session.call, session.appliance.id, { cliTimeout: whole(seconds) })
  },
}
