import { changeSystem } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

export const controlServiceHttp: NsxCommand[] = [
  {
    syntax: 'restart service http',
    summary: 'Put the stored settings of the HTTP service in force again',
    requires: changeSystem.requires,
    on: 'manager',
    example: 'restart service http',
    run: (session) => session.services.apiService.restart(session.call),
  },
  {
    syntax: 'start service http',
    summary: 'Start the HTTP service, which runs',
    requires: changeSystem.requires,
    on: 'manager',
    example: 'start service http',
    run() {},
  },
  {
    syntax: 'stop service http',
    summary: 'Refused: the API could not be reached any more',
    requires: changeSystem.requires,
    on: 'manager',
    example: 'stop service http',
    run: (session) => session.services.apiService.stop(),
  },
]
