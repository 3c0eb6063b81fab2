import { isIPv4 } from 'node:net'
import type { FastifyPluginAsync } from 'fastify'
import { gatewayOf, isHostname, type NsxvConfiguration, withGateway } from '../../../access/nsxv/configuration.ts'
import { netmaskOf, prefixOf } from '../../../access/nsxv/netmask.ts'
import { answer, answerChange, nsxvOf } from '../answer.ts'
import { bodyFields, type Fields, invalidValue, optionalTextOf, partOf, textsOf } from '../body.ts'
import { document, Many, type Members } from '../document.ts'
import { managesAppliance, reads, writes } from '../requirement.ts'

/**
 * `/api/1.0/appliance-management/system/network`. What is set is saved too. It is what the appliance shows: Sallyport
 * listens where its own settings say.
 *
 * @see nsxv-api.md 6; bodies as the API's RAML has them, the answer is inferred.
 */
export const networkRoutes: FastifyPluginAsync = async (app) => {
  const url = '/system/network'
  const shown = [
    ...['network', 'hostName', 'networkIPv4AddressDto', 'ipv4Address', 'ipv4NetMask', 'ipv4Gateway'],
    ...['dns', 'ipv6Address', 'domainList'],
  ]
  const update = { config: writes(managesAppliance, 'SYSTEM', 'UPDATE', { takes: shown }) }

  app.get(url, { config: reads('appliance_management') }, async (request, reply) =>
    answer(request, reply, document('network', networkMembers(nsxvOf(request).configuration.read()))),
  )

  app.put(url, update, async (request, reply) => {
    const { configuration } = nsxvOf(request)
    const change = networkOf(bodyFields(request, 'network'))
    return answerChange(request, reply, (call) => configuration.change(call, change, 'saved'))
  })

  app.put(`${url}/dns`, update, async (request, reply) => {
    const { configuration } = nsxvOf(request)
    const nameServers = nameServersOf(bodyFields(request, 'dns'))
    return answerChange(request, reply, (call) =>
      configuration.change(call, (now) => ({ ...now, nameServers }), 'saved'),
    )
  })

  app.delete(`${url}/dns`, { config: writes(managesAppliance, 'SYSTEM', 'DELETE') }, async (request, reply) => {
    const { configuration } = nsxvOf(request)
    return answerChange(request, reply, (call) =>
      configuration.change(call, (now) => ({ ...now, nameServers: [] }), 'saved'),
    )
  })
}

function networkMembers(configuration: NsxvConfiguration): Members {
  const { hostname, address, nameServers } = configuration
  const [ipv4Address = '', prefix] = address?.split('/') ?? []
  return {
    hostName: hostname,
    networkIPv4AddressDto: {
      ipv4Address,
      ipv4NetMask: prefix === undefined ? '' : netmaskOf(Number(prefix)),
      ipv4Gateway: gatewayOf(configuration) ?? '',
    },
    dns: { ipv4Address: new Many(nameServers), domainList: '' },
  }
}

/** What a body changes: what it has not stays as it is. @throws {AccessError} `invalid_field` */
function networkOf(fields: Fields): (now: NsxvConfiguration) => NsxvConfiguration {
  const hostname = optionalTextOf(fields, 'hostName')
  if (hostname !== undefined && !isHostname(hostname)) throw invalidValue('hostName', hostname, 'a host name')
  const address = partOf(fields, 'networkIPv4AddressDto')
  const dns = partOf(fields, 'dns')
  const addressed = address && addressOf(address)
  const nameServers = dns && nameServersOf(dns)
  return (now) => ({
    ...now,
    ...(hostname === undefined ? {} : { hostname }),
    ...(addressed ? { address: addressed.address, ...withGateway(now, addressed.gateway) } : {}),
    ...(nameServers ? { nameServers } : {}),
  })
}

/** @returns undefined where all of it is empty. @throws {AccessError} `invalid_field` */
function addressOf(fields: Fields): { address: string; gateway: string | undefined } | undefined {
  const address = addressIn(fields, 'ipv4Address')
  const netmask = optionalTextOf(fields, 'ipv4NetMask')
  const gateway = addressIn(fields, 'ipv4Gateway')
  if (address === undefined && netmask === undefined && gateway === undefined) return undefined
  if (address === undefined) throw invalidValue('ipv4Address', '', 'an IPv4 address')
  const prefix = prefixOf(netmask ?? '')
  if (prefix === undefined) throw invalidValue('ipv4NetMask', netmask ?? '', 'a netmask')
  return { address: `${address}/${prefix}`, gateway }
}

/** Name servers there may be. */
const mostNameServers = 32

/** @throws {AccessError} `invalid_field` */
function nameServersOf(fields: Fields): string[] {
  for (const name of ['ipv6Address', 'domainList']) {
    const value = optionalTextOf(fields, name)
    if (value !== undefined)
      throw invalidValue(name, value, 'empty, as it must be: the appliance has IPv4 name servers only')
  }
  const servers = textsOf(fields, 'ipv4Address').flatMap((text) => text.split(/[\s,]+/))
  const wrong = servers.find((server) => !isIPv4(server))
  if (wrong !== undefined) throw invalidValue('ipv4Address', wrong, 'an IPv4 address')
  if (servers.length === 0) throw invalidValue('ipv4Address', '', 'an IPv4 address')
  if (servers.length > mostNameServers) throw invalidValue('ipv4Address', servers.length, `${mostNameServers} at most`)
  return [...new Set(servers)]
}

/** @throws {AccessError} `invalid_field` */
function addressIn(fields: Fields, name: string): string | undefined {
  const value = optionalTextOf(fields, name)
  if (value !== undefined && !isIPv4(value)) throw invalidValue(name, value, 'an IPv4 address')
  return value
}
