import { address, network } from '../addresses.ts'
import { configuring, given, type NsxvCommand } from '../session.ts'
import { withOne, without } from '../settings.ts'

const same = (a: { network: string; gateway: string }, b: typeof a) =>
  a.network === b.network && a.gateway === b.gateway

export const ipRoute: NsxvCommand = {
  syntax: 'ip route <network> <gateway>',
  modes: configuring,
  summary: 'Add a static route',
  arguments: { network, gateway: address },
  example: 'ip route 0.0.0.0/0 192.0.2.1',
  async run(session, values) {
    const route = { network: given(values.network), gateway: given(values.gateway) }
    await session.nsxv.configuration.change(session.change, (now) => ({
      ...now,
      routes: withOne(now.routes, route, same),
    }))
  },
}

export const noIpRoute: NsxvCommand = {
  syntax: 'no ip route <network> <gateway>',
  modes: configuring,
  summary: 'Remove a static route',
  arguments: { network, gateway: address },
  example: 'no ip route 0.0.0.0/0 192.0.2.1',
  async run(session, values) {
    const route = { network: given(values.network), gateway: given(values.gateway) }
    await session.nsxv.configuration.change(session.change, (now) => ({
      ...now,
      routes: without(now.routes, route, same),
    }))
  },
}
