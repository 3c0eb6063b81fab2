import type { NodeSettings } from '../../../access/nodes/node-settings.ts'
import { changeSystem, readSystem } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

const switched = (verb: 'set' | 'clear', word: string, summary: string, change: Partial<NodeSettings>): NsxCommand => ({
  syntax: `${verb} service ssh ${word}`,
  summary,
  requires: changeSystem.requires,
  example: `${verb} service ssh ${word}`,
  async run({ services, call, appliance }) {
    await services.nodeSettings.change(call, appliance.id, change)
  },
})

const controlled = (action: 'start' | 'stop' | 'restart', summary: string): NsxCommand => ({
  syntax: `${action} service ssh`,
  summary,
  requires: changeSystem.requires,
  example: `${action} service ssh`,
  run: ({ services, call, appliance }) => services.sshServices[action](call, appliance.id),
})

/** The SSH service of the appliance, as its API has it under `/node/services/ssh`. */
export const serviceSsh: NsxCommand[] = [
  {
    syntax: 'get service ssh',
    summary: 'Show the SSH service',
    requires: readSystem.requires,
    example: 'get service ssh',
    run(session) {
      const { id } = session.appliance
      const { sshStartOnBoot, sshRootLogin } = session.services.nodeSettings.read(id)
      session.answer(
        'Service name:                     ssh',
        `Service state:                    ${session.services.sshServices.isRunning(id) ? 'running' : 'stopped'}`,
        `Start on boot:                    ${sshStartOnBoot ? 'True' : 'False'}`,
        `Root login:                       ${sshRootLogin ? 'enabled' : 'disabled'}`,
      )
    },
  },
  controlled('start', 'Start the SSH service'),
  controlled('stop', 'Stop the SSH service; consoles that are open stay open'),
  controlled('restart', 'Restart the SSH service; consoles that are open stay open'),
  switched('set', 'start-on-boot', 'Have the SSH service run when the server has started', { sshStartOnBoot: true }),
  switched('clear', 'start-on-boot', 'Have the SSH service stopped when the server has started', {
    sshStartOnBoot: false,
  }),
  switched('set', 'root-login', 'Let root sign in over SSH', { sshRootLogin: true }),
  switched('clear', 'root-login', 'Let root not sign in over SSH', { sshRootLogin: false }),
]
