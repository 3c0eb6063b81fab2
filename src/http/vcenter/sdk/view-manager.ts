import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import type { SdkCall } from './call.ts'
import { childrenOf, entities, objectsBelow } from './inventory/contents.ts'
import { managedObject } from './managed-object.ts'
import { isKindOf, type ManagedType, method, property, referenceTo } from './managed-type.ts'
import { boolean, type Reference, reference, string } from './types/basic.ts'
import { vimFault } from './types/faults.ts'
import { objectOf } from './types/object-parameter.ts'
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
    view: entities('System.View', contentsOf, isOfTypes),
  },
  methods: {},
}

function contentsOf({ container, recursive }: Container, { services }: SdkCall): Iterable<VsphereObject> {
  const object = services.vsphere.find(container.id)
  if (!object) throw vimFault('ManagedObjectNotFound', '', { obj: container })
  return recursive ? objectsBelow(object) : childrenOf(object)
}

function isOfTypes(object: VsphereObject, { types }: Container, { registry }: SdkCall): boolean {
  if (types.length === 0) return true
  const type = registry.typeNamed(object.type)
  return type !== undefined && types.some((name) => isKindOf(type, name))
}
