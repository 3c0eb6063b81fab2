import { network } from '../addresses.ts'
import { configuring, given, type NsxvCommand } from '../session.ts'

export const interfaceMgmt: NsxvCommand = {
  syntax: 'interface mgmt',
  modes: configuring,
  summary: 'Configure the management interface',
  example: 'interface mgmt',
  run(session) {
    session.mode = 'interface'
  },
}

export const ipAddress: NsxvCommand = {
  syntax: 'ip address <network>',
  modes: ['interface'],
  summary: 'Set the IP address of the interface. It is shown; Sallyport listens where its settings say',
  arguments: { network },
  example: 'ip address 192.0.2.20/24',
  async run(session, values) {
    await session.nsxv.configuration.change(session.change, (now) => ({ ...now, address: given(values.network) }))
  },
}

export const noIpAddress: NsxvCommand = {
  syntax: 'no ip address',
  modes: ['interface'],
  summary: 'Take the IP address of the interface away',
  example: 'no ip address',
  async run(session) {
    await session.nsxv.configuration.change(session.change, (now) => ({ ...now, address: null }))
  },
}
