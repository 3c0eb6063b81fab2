import assert from 'node:assert/strict'
import type { RouteOptions } from 'fastify'
import { nsxvFace } from '../../src/http/nsxv/face.ts'
import { sallyportFace } from '../../src/http/sallyport/face.ts'
import { operations } from '../../src/http/vcenter/operations/index.ts'
import { pbm } from '../../src/http/vcenter/pbm/service.ts'
import { registry } from '../../src/http/vcenter/sdk/managed-types.ts'
import { singletonIds } from '../../src/http/vcenter/sdk/singletons.ts'
import { ssoAdmin } from '../../src/http/vcenter/sso-admin/service.ts'
import type { Operation } from '../../src/http/vcenter/vapi/operation.ts'
import { restJson, rpcJson } from '../../src/http/vcenter/vapi/rendering.ts'
import type { VapiType } from '../../src/http/vcenter/vapi/types.ts'
import { writeValue } from '../../src/http/vcenter/vapi/write.ts'
import type { Answer } from '../client.ts'
import type { Lab } from '../lab.ts'
import { routesOf } from '../routes.ts'
import { rpc, rpcErrorOf, signedIn } from '../vcenter/clients.ts'
import { faultIn, type Ref, ref, type Vim } from '../vcenter/soap-client.ts'
import type { Caller, Surface } from './callers.ts'

/**
 * How a caller was met: `unknown`, asked to sign in; `refused`, known and without the right; `in`, anything that comes
 * behind the two, be it done or found wrong.
 */
export type Verdict = 'unknown' | 'refused' | 'in'

export interface Call {
  surface: Surface
  name: string
  /** The route's declaration, of calls that are routes. */
  config?: RouteOptions['config']
  /** vCenter's operation, over any of its faces. */
  operation?: Operation
  /** What a method of vim25 requires. */
  method?: 'nothing' | 'session' | 'sso-administrator' | { privilege: string }
  /** Ends the session of the caller, or changes what later calls are judged by: asked behind all others. */
  last: boolean
  ask(caller: Caller): Promise<{ verdict: Verdict; answer: Answer }>
}

/** Every call of every surface, from what the application itself declares. */
export async function callsOf(lab: Lab): Promise<Call[]> {
  const samples = await samplesOf(lab)
  const routes = await routesOf(lab)
  return [
    ...routes.flatMap(routeCalls),
    ...operations.flatMap((one) => operationCalls(one, samples)),
    ...methodCalls(samples),
  ]
}

const isNsx = (url: string) => /^\/(policy\/)?api\/v1\//.test(url)

function surfaceOf({ url, config }: RouteOptions): Surface | undefined {
  if (config?.vapi) return undefined
  if (config?.face === nsxvFace) return 'nsxv'
  if (config?.face === sallyportFace) return 'sallyport'
  return isNsx(url) ? 'nsx' : undefined
}

/** Parameters without which a call is found wrong before its caller's rights are looked at, by the end of its path. */
const queries: Record<string, string> = {
  '/vcenter/objects': '?name=none-such',
  '/audit/export': '?format=csv',
  '/access/explanation': '?principal=holouser&privilege=System.Read&object=group-d1',
  '/access/principals': '?privilege=System.Read&object=group-d1',
  '/access/objects': '?principal=holouser&privilege=System.Read',
  '/access/privileges': '?principal=holouser&object=group-d1',
}

/** A route's calls. Ids that nothing has, and a body that cannot be read: a caller who is let in changes nothing. */
function routeCalls(route: RouteOptions): Call[] {
  const surface = surfaceOf(route)
  if (!surface || route.config?.requires === 'nothing' || (surface === 'nsx' && route.schema?.hide)) return []
  const { url, config } = route
  const action = config?.action === undefined ? '' : `?action=${config.action}`
  const query = Object.entries(queries).find(([end]) => url.endsWith(end))?.[1] ?? action
  const path =
    url
      .replace(/:userid/g, '99999')
      .replace('/audit/:id', '/audit/1-1')
      .replace(/:\w+|\*/g, 'none-such') + query
  return [route.method].flat().map((method) => {
    const reads = method === 'GET' || method === 'HEAD'
    const takesBody = !reads && (surface !== 'nsxv' || config?.nsxv?.consumes !== undefined)
    const type = surface === 'nsxv' ? 'application/xml' : 'application/json'
    return {
      surface,
      name: `${method} ${url}${action}`,
      config,
      last: (surface === 'nsxv' && !reads && !takesBody) || /\/session(\/destroy)?$/.test(url),
      async ask(caller) {
        const client = caller.client(surface)
        const answer = await (takesBody
          ? client.send(method, path, '{', { 'content-type': type })
          : client.send(method, path))
        return { verdict: verdictOf(surface, answer), answer }
      },
    }
  })
}

function verdictOf(surface: Surface, { status, text }: Answer): Verdict {
  if (surface === 'nsx') {
    if (status !== 403) return 'in'
    return /"error_code":401\b/.test(text) ? 'refused' : 'unknown'
  }
  return status === 401 ? 'unknown' : status === 403 ? 'refused' : 'in'
}

/** Inputs by their names, for calls that are judged by what they are about. */
type Samples = Readonly<Record<string, unknown>>

async function samplesOf(lab: Lab): Promise<Samples> {
  const admin = await signedIn(lab.a)
  const first = async (kind: string, key = kind) =>
    (await admin.get(`/api/vcenter/${kind}`)).json[0][key.replace('-', '_')]
  const permission = await admin.post('/api/vcenter/authorization/permissions', {
    object: { type: 'Folder', id: 'group-d1' },
    principal: { type: 'USER', name: 'holouser', domain: 'vsphere.local' },
    role: '-5',
    propagating: true,
  })
  assert.equal(permission.status, 201, permission.text)
  const named = { name: 'sample', description: '' }
  const category = await admin.post('/api/cis/tagging/category', {
    ...named,
    cardinality: 'MULTIPLE',
    associable_types: [],
  })
  assert.equal(category.status, 201, category.text)
  const tag = await admin.post('/api/cis/tagging/tag', { ...named, category_id: category.json })
  assert.equal(tag.status, 201, tag.text)
  return {
    datacenter: await first('datacenter'),
    folder: 'group-d1',
    vmFolder: (await admin.get('/api/vcenter/folder?type=VIRTUAL_MACHINE')).json[0].folder,
    cluster: await first('cluster'),
    resource_pool: await first('resource-pool'),
    vm: await first('vm'),
    datastore: await first('datastore'),
    host: await first('host'),
    role: '-2',
    permission: permission.json,
    privilege: 'System.Read',
    category_id: category.json,
    tag_id: tag.json,
  }
}

/** A value of a type: an identifier is the sample of that name, all else is as short as it may be. */
function sampleOf(type: VapiType, name: string, samples: Samples): unknown {
  switch (type.kind) {
    case 'optional':
      return undefined
    case 'structure':
      if (type.name.endsWith('dynamic_ID')) return { type: 'Folder', id: samples.folder }
      return Object.fromEntries(Object.entries(type.fields).map(([key, of]) => [key, sampleOf(of, key, samples)]))
    case 'list':
    case 'set':
      return []
    case 'map':
      return new Map()
    case 'enumeration':
      return type.values[0]
    case 'boolean':
      return false
    case 'integer':
    case 'double':
    case 'datetime':
      return 1
    case 'void':
      return undefined
    default:
      return samples[name] ?? 'none-such'
  }
}

/** Inputs of operations that are judged by what is optional or structured in them. */
const given = (samples: Samples): Record<string, object> => ({
  'com.vmware.vcenter.datacenter.create': { spec: { name: 'new', folder: samples.folder } },
  'com.vmware.vcenter.VM.create': {
    spec: {
      guest_OS: 'OTHER_64',
      name: 'new',
      placement: { folder: samples.vmFolder, resource_pool: samples.resource_pool, datastore: samples.datastore },
    },
  },
  'com.vmware.cis.authz.permission.get': { id: globalPermission },
  'com.vmware.cis.authz.permission.delete': { id: globalPermission },
  'com.vmware.cis.authz.permission.create': {
    create_spec: {
      resource_id: { type: 'PermissionFolder', id: 'global-permission' },
      principal: { type: 'USER', user_name: 'VSPHERE.LOCAL\\holouser' },
      role_id: ['-2'],
      propagate: true,
    },
  },
})
const globalPermission = 'username=VSPHERE.LOCAL\\holouser;doc=urn:acl:global:permissions'

function operationCalls(operation: Operation, samples: Samples): Call[] {
  const { service, id, input, requires, signs, rest, legacy } = operation
  if (requires === 'nothing') return []
  const fields = { kind: 'structure', name: '', fields: input } as const
  const value = { ...(sampleOf(fields, '', samples) as object), ...given(samples)[`${service}.${id}`] }
  const shared = { operation, last: signs !== undefined || id === 'delete' }
  const name = `${service}.${id}`
  const json = writeValue(fields, value, restJson) as Record<string, unknown>
  const calls: Call[] = [
    {
      ...shared,
      surface: 'json-rpc',
      name: `JSON-RPC ${name}`,
      async ask(caller) {
        const wrapped = (writeValue(fields, value, rpcJson) as { STRUCTURE: Record<string, object> }).STRUCTURE['']
        const answer = await rpc(caller.client('json-rpc'), service, id, wrapped)
        return { verdict: rpcVerdict(answer), answer }
      },
    },
  ]
  if (rest) {
    const { method, path, action, body } = rest
    const inBody =
      typeof body === 'string' ? json[body] : body && Object.fromEntries(body.map((key) => [key, json[key]]))
    calls.push(restCall('rest', `/api${filled(path, json)}${action ? `?action=${action}` : ''}`, method, inBody))
  }
  for (const { method, path, action } of [legacy ?? []].flat()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, key]) => key as string)
    const others = Object.entries(json).filter(([key]) => !inPath.includes(key))
    const inBody =
      method === 'GET' || method === 'DELETE' || others.length === 0 ? undefined : Object.fromEntries(others)
    calls.push(restCall('legacy', `/rest${filled(path, json)}${action ? `?~action=${action}` : ''}`, method, inBody))
  }
  return calls

  function restCall(surface: Surface, path: string, method: string, body: unknown): Call {
    return {
      ...shared,
      surface,
      name: `${method} ${path} (${name})`,
      async ask(caller) {
        const client = caller.client(surface)
        const answer = await (body === undefined
          ? client.send(method, path)
          : client.send(method, path, JSON.stringify(body), { 'content-type': 'application/json' }))
        return { verdict: verdictOf(surface, answer), answer }
      },
    }
  }
}

const filled = (path: string, json: Record<string, unknown>) =>
  path.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(String(json[key])))

function rpcVerdict(answer: Answer): Verdict {
  if (!answer.json.result?.error) return 'in'
  const { name } = rpcErrorOf(answer)
  return name === 'unauthenticated' ? 'unknown' : name === 'unauthorized' ? 'refused' : 'in'
}

/** Methods whose sessions or targets are made by other methods; what is theirs is tested with vim25's sessions. */
const targetsOfSessions = ['PropertyFilter', 'View', 'Task']

/** Arguments of methods whose use case asks for the right, and of those that would wait for changes. */
function argumentsOf(samples: Samples): Record<string, Record<string, unknown>> {
  const root: Ref = 'Folder:group-d1'
  const permission = { principal: 'VSPHERE.LOCAL\\holouser', group: false, roleId: -2, propagate: true }
  return {
    AddAuthorizationRole: { name: 'none-such', privIds: ['System.Read'] },
    UpdateAuthorizationRole: { roleId: 4711, newName: 'none-such', privIds: ['System.Read'] },
    RemoveAuthorizationRole: { roleId: 4711, failIfUsed: true },
    MergePermissions: { srcRoleId: 4711, dstRoleId: 4712 },
    RetrieveEntityPermissions: { entity: ref('entity', root), inherited: false },
    SetEntityPermissions: { entity: ref('entity', root), permission },
    ResetEntityPermissions: { entity: ref('entity', `Datacenter:${samples.datacenter}`), permission },
    RemoveEntityPermission: { entity: ref('entity', root), user: 'VSPHERE.LOCAL\\none-such', isGroup: false },
    WaitForUpdatesEx: { options: { maxWaitSeconds: 0 } },
    CreateDatacenter: { name: '' },
    CreateFolder: { name: '' },
    MoveIntoFolder_Task: { list: ref('list', `Datacenter:${samples.datacenter}`) },
  }
}

function methodCalls(samples: Samples): Call[] {
  const given = argumentsOf(samples)
  const types: [type: string, target: Ref][] = [
    ...Object.entries(singletonIds).map(([type, id]): [string, Ref] => [type, `${type}:${id}`]),
    ['Folder', 'Folder:group-d1'],
    ['Datacenter', `Datacenter:${samples.datacenter}`],
    ['ClusterComputeResource', `ClusterComputeResource:${samples.cluster}`],
    ['HostSystem', `HostSystem:${samples.host}`],
    ['ResourcePool', `ResourcePool:${samples.resource_pool}`],
    ['VirtualMachine', `VirtualMachine:${samples.vm}`],
    ['Datastore', `Datastore:${samples.datastore}`],
  ]
  const over = types.map(([name, target]) => ({
    type: registry.typeNamed(name) ?? assert.fail(name),
    target,
    over: (vim: Vim) => vim,
  }))
  const elsewhere = [pbm, ssoAdmin].flatMap(({ registry, paths, namespace }) =>
    registry.singletons().map(({ type, id }) => ({
      type,
      target: `${type.name}:${id}` as Ref,
      over: (vim: Vim) => vim.over(paths[0] ?? '', namespace),
    })),
  )
  return [...over, ...elsewhere].flatMap(({ type, target, over }) => {
    const { name } = type
    assert(!targetsOfSessions.includes(name))
    return Object.entries(type.methods)
      .filter(([method, { requires }]) => requires !== 'nothing' && !/^WaitForUpdates$/.test(method))
      .map(
        ([method, { requires, signs }]): Call => ({
          surface: 'soap',
          name: `${name}.${method}`,
          method: requires,
          last: signs !== undefined || /^Destroy/.test(method),
          async ask({ vim }) {
            const answer = await over(vim).send(method, target, given[method])
            if (answer.status === 200) return { verdict: 'in', answer }
            const { type } = faultIn(answer)
            return {
              verdict: type === 'NotAuthenticated' ? 'unknown' : type === 'NoPermission' ? 'refused' : 'in',
              answer,
            }
          },
        }),
      )
  })
}
