import { anyAccount, changeSystem } from '../../../http/nsx/permissions.ts'
import { wholeNumber } from '../../console/command.ts'
import { inferred } from '../inferred.ts'
import { type NsxCommand, whole } from '../session.ts'

export const getCliTimeout: NsxCommand = {
  syntax: 'get cli-timeout',
  summary: 'Show after how much silence consoles close',
  requires: anyAccount.requires,
  example: 'get cli-timeout',
  run(session) {
    session.answer(`${session.services.cliTimeouts.read(session.appliance.id) ?? inferred.cliTimeout} seconds`)
  },
}

export const setCliTimeout: NsxCommand = {
  syntax: 'set cli-timeout <seconds>',
  summary: 'Set after how many seconds of silence consoles of this appliance close; 0: never',
  requires: changeSystem.requires,
  arguments: { seconds: wholeNumber('Seconds', 0, inferred.longestCliTimeout) },
  example: 'set cli-timeout 300',
  run: (session, { seconds }) => session.services.cliTimeouts.set(session.call, session.appliance.id, whole(seconds)),
}
