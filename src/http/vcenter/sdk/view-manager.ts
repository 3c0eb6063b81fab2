import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import type { SdkCall } from './call.ts'
import { objectOf } from './dispatch.ts'
import { childrenOf, objectsBelow } from './inventory/contents.ts'
import { entityReference } from './inventory/managed-entity.ts'
import { managedObject } from './managed-object.ts'
import { isKindOf, type ManagedType, method, property, referenceTo } from './managed-type.ts'
import { has } from './objects.ts'
import { boolean, type Reference, reference, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { invalid, list } from './types/vim-type.ts'

/** What is below an object, as it is whenever somebody looks. */
interface Container {
  container: Reference
  /** Only objects of these types; empty: of all. */
  types: readonly string[]
  /** Whether what is below objects below is there too. */
  recursive: boolean
}

/** @see vcenter-api.md 7.5 */
export const viewManager: ManagedType = {
  name: 'ViewManager',
  base: managedObject,
  properties: {
    viewList: property(list(reference), 'System.View', (_subject, call) =>
      call.objects.ofType(containerView).map(referenceTo),
    ),
  },
  methods: {
    CreateContainerView: method({
      requires: { privilege: 'System.View' },
      parameters: { container: objectOf('ManagedEntity', 'System.View'), type: list(string), recursive: boolean },
      result: reference,
      run(call, { container, type: types, recursive }) {
        if (types.length > mostTypes) throw invalid('type', `has more than ${mostTypes} types`)
        const { type, id } = call.services.vsphere.find(container.id) as VsphereObject
        const subject: Container = { container: { type, id }, types, recursive }
        return referenceTo(call.objects.add(containerView, subject))
      },
    }),
  },
}

const mostTypes = 64

const view: ManagedType = {
  name: 'View',
  base: managedObject,
  properties: {},
  methods: {
    DestroyView: method({
      requires: 'session',
      parameters: {},
      run: (call, _args, target) => call.objects.remove(target.id),
    }),
  },
}

export const containerView: ManagedType = {
  name: 'ContainerView',
  base: { name: 'ManagedObjectView', base: view, properties: {}, methods: {} },
  properties: {
    container: property(reference, 'System.View', ({ container }: Container) => container),
    type: property(list(string), 'System.View', ({ types }: Container) => [...types]),
    recursive: property(boolean, 'System.View', ({ recursive }: Container) => recursive),
    view: property(list(reference), 'System.View', contentsOf),
  },
  methods: {},
}

function contentsOf({ container, types, recursive }: Container, call: SdkCall): Reference[] {
  const object = call.services.vsphere.find(container.id)
  if (!object) throw vimFault('ManagedObjectNotFound', 'The container of the view is gone', { obj: container })
  const found: Reference[] = []
  for (const entity of recursive ? objectsBelow(object) : childrenOf(object)) {
    const type = call.registry.typeNamed(entity.type)
    if (types.length > 0 && !types.some((name) => type && isKindOf(type, name))) continue
    if (has(call, entity.id, 'System.View')) found.push(entityReference(entity))
  }
  return found
}
