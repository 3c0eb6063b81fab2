import { hash } from 'node:crypto'
import { AccessError } from '../../../access/errors.ts'
import { operation } from '../vapi/operation.ts'
import { t } from '../vapi/types.ts'
import table from './vendor-privileges.json' with { type: 'json' }

const base = 'com.vmware.vapi.metadata.privilege'

const PrivilegeInfo = t.structure(`${base}.privilege_info`, { property_path: t.string, privileges: t.list(t.string) })
const OperationInfo = t.structure(`${base}.operation_info`, {
  privileges: t.list(t.string),
  privilege_info: t.list(PrivilegeInfo),
})
const ServiceInfo = t.structure(`${base}.service_info`, { operations: t.map(OperationInfo) })
const PackageInfo = t.structure(`${base}.package_info`, { privileges: t.list(t.string), services: t.map(ServiceInfo) })
const ComponentInfo = t.structure(`${base}.component_info`, { packages: t.map(PackageInfo) })
const ComponentData = t.structure(`${base}.component_data`, { info: ComponentInfo, fingerprint: t.string })

/** By service, operation, and input: what the privileges are asked for on; an empty name: the whole vCenter. */
const services = new Map(
  Object.entries<Record<string, Record<string, string[]>>>(table).map(([id, of]) => [id, new Map(Object.entries(of))]),
)

/** @see https://developer.broadcom.com, vSphere Automation API, vapi metadata: a package holds services, a component packages */
const packageOf = (service: string) => service.slice(0, service.lastIndexOf('.'))
const componentOf = (service: string) => service.split('.').slice(0, 3).join('.')

const packages = Map.groupBy(services.keys(), packageOf)
const components = Map.groupBy(services.keys(), componentOf)

function found<T>(value: T | undefined, id: string): T {
  if (value === undefined) throw new AccessError('not_found', `There is nothing called ${id}`, { value: id })
  return value
}

function operationInfo(privileges: Record<string, string[]>) {
  const { '': ofAll = [], ...ofInputs } = privileges
  return {
    privileges: ofAll,
    privilege_info: Object.entries(ofInputs).map(([property_path, asked]) => ({ property_path, privileges: asked })),
  }
}

const operationsOf = (service: string) => found(services.get(service), service)

const serviceInfo = (service: string) => ({
  operations: new Map([...operationsOf(service)].map(([id, asked]) => [id, operationInfo(asked)])),
})

const packageInfo = (id: string) => ({
  privileges: [],
  services: new Map(found(packages.get(id), id).map((service) => [service, serviceInfo(service)])),
})

const componentInfo = (id: string) => ({
  packages: new Map(
    [...new Set(found(components.get(id), id).map(packageOf))].map((name) => [name, packageInfo(name)]),
  ),
})

const fingerprintOf = (id: string) =>
  hash('sha256', JSON.stringify(found(components.get(id), id).map((service) => [service, ...operationsOf(service)])))

const requires = 'session'
const path = '/vapi/metadata/privilege'
const legacyPath = '/com/vmware/vapi/metadata/privilege'

/** What the whole of one kind answers with. */
function listed(kind: string, of: ReadonlyMap<string, unknown>) {
  return operation({
    service: `${base}.${kind}`,
    id: 'list',
    summary: `List the ${kind}s whose operations ask for privileges`,
    input: {},
    output: t.list(t.id),
    requires,
    reads: true,
    rest: { method: 'GET', path: `${path}/${kind}` },
    legacy: { method: 'GET', path: `${legacyPath}/${kind}` },
    run: () => [...of.keys()],
  })
}

/**
 * Which privileges operations ask for, those of vCenter's that are not built here among them.
 *
 * @see vcenter-operations.json
 */
export const metadataPrivilegeOperations = [
  listed('component', components),
  operation({
    service: `${base}.component`,
    id: 'get',
    summary: 'Read which privileges the operations of a component ask for',
    input: { component_id: t.id },
    output: ComponentData,
    requires,
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/component/{component_id}` },
    legacy: { method: 'GET', path: `${legacyPath}/component/id:{component_id}` },
    run: (_services, _call, { component_id }) => ({
      info: componentInfo(component_id),
      fingerprint: fingerprintOf(component_id),
    }),
  }),
  operation({
    service: `${base}.component`,
    id: 'fingerprint',
    summary: 'Read what changes with the privileges of a component',
    input: { component_id: t.id },
    output: t.string,
    requires,
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/component/{component_id}/fingerprint` },
    run: (_services, _call, { component_id }) => fingerprintOf(component_id),
  }),
  listed('package', packages),
  operation({
    service: `${base}.package`,
    id: 'get',
    summary: 'Read which privileges the operations of a package ask for',
    input: { package_id: t.id },
    output: PackageInfo,
    requires,
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/package/{package_id}` },
    legacy: { method: 'GET', path: `${legacyPath}/package/id:{package_id}` },
    run: (_services, _call, { package_id }) => packageInfo(package_id),
  }),
  listed('service', services),
  operation({
    service: `${base}.service`,
    id: 'get',
    summary: 'Read which privileges the operations of a service ask for',
    input: { service_id: t.id },
    output: ServiceInfo,
    requires,
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/service/{service_id}` },
    legacy: { method: 'GET', path: `${legacyPath}/service/id:{service_id}` },
    run: (_services, _call, { service_id }) => serviceInfo(service_id),
  }),
  operation({
    service: `${base}.service.operation`,
    id: 'list',
    summary: 'List the operations of a service',
    input: { service_id: t.id },
    output: t.list(t.string),
    requires,
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/service/{service_id}/operation` },
    legacy: { method: 'GET', path: `${legacyPath}/service/id:{service_id}/operation` },
    run: (_services, _call, { service_id }) => [...operationsOf(service_id).keys()],
  }),
  operation({
    service: `${base}.service.operation`,
    id: 'get',
    summary: 'Read which privileges an operation asks for',
    input: { service_id: t.id, operation_id: t.id },
    output: OperationInfo,
    requires,
    errors: ['not_found'],
    reads: true,
    rest: { method: 'GET', path: `${path}/service/{service_id}/operation/{operation_id}` },
    legacy: { method: 'GET', path: `${legacyPath}/service/id:{service_id}/operation/id:{operation_id}` },
    run: (_services, _call, { service_id, operation_id }) =>
      operationInfo(found(operationsOf(service_id).get(operation_id), operation_id)),
  }),
]
