import type { ConnectionState, ObjectDetails } from '../../../inventory/vsphere/object.ts'
import { uuidOf } from '../../../inventory/vsphere/uuid.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'

const service = 'com.vmware.vcenter.host'

const ConnectionStateType = t.enumeration(`${service}.connection_state`, 'CONNECTED', 'DISCONNECTED', 'NOT_RESPONDING')
type WireConnectionState = (typeof ConnectionStateType)['values'][number]

const connectionToWire: Record<ConnectionState, WireConnectionState> = {
  connected: 'CONNECTED',
  disconnected: 'DISCONNECTED',
  notResponding: 'NOT_RESPONDING',
}

const connectionOfWire: Record<WireConnectionState, ConnectionState> = {
  CONNECTED: 'connected',
  DISCONNECTED: 'disconnected',
  NOT_RESPONDING: 'notResponding',
}

const PowerState = t.enumeration(`${service}.power_state`, 'POWERED_ON', 'POWERED_OFF', 'STANDBY')

const powerToWire: Record<ObjectDetails['HostSystem']['powerState'], (typeof PowerState)['values'][number]> = {
  poweredOn: 'POWERED_ON',
  poweredOff: 'POWERED_OFF',
  standBy: 'STANDBY',
}

const FilterSpec = t.structure(`${service}.filter_spec`, {
  hosts: t.optional(t.set(t.id)),
  names: t.optional(t.set(t.string)),
  folders: t.optional(t.set(t.id)),
  datacenters: t.optional(t.set(t.id)),
  standalone: t.optional(t.boolean),
  clusters: t.optional(t.set(t.id)),
  connection_states: t.optional(t.set(ConnectionStateType)),
  host_uuids: t.optional(t.set(t.string)),
})

const Summary = t.structure(`${service}.summary`, {
  host: t.id,
  name: t.string,
  connection_state: ConnectionStateType,
  power_state: t.optional(PowerState),
  host_uuid: t.optional(t.string),
})

/** @see vcenter-api.md 6 */
export const hostOperations = [
  operation({
    service,
    id: 'list',
    summary: 'List at most 2500 hosts that the caller may read and the filter matches',
    input: { filter: t.optional(FilterSpec) },
    output: t.list(Summary),
    requires: { privilege: 'System.Read', on: 'each host that is listed' },
    errors: ['invalid_argument', 'unable_to_allocate_resource'],
    rest: { method: 'GET', path: '/vcenter/host', query: ['filter'] },
    legacy: { method: 'GET', path: '/vcenter/host' },
    reads: true,
    async run(
      { vsphereQueries, appliances },
      { caller },
      { filter: { connection_states, host_uuids, ...filter } = {} },
    ) {
      const hosts = await vsphereQueries.hosts(caller, {
        ...filter,
        connectionStates: connection_states?.map((state) => connectionOfWire[state]),
        hostUuids: host_uuids,
      })
      return hosts.map(({ id, name, details }) => ({
        host: id,
        name,
        connection_state: connectionToWire[details.connectionState],
        // Of a host that is not connected nobody knows. [inferred]
        power_state: details.connectionState === 'connected' ? powerToWire[details.powerState] : undefined,
        host_uuid: uuidOf(appliances.vcenter.id, id),
      }))
    },
  }),
]
