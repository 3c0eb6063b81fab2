import type { VsphereObject } from '../../../inventory/vsphere/object.ts'
import type { SdkCall } from './call.ts'
import { inferred } from './inferred.ts'
import { childrenOf, entities, objectsBelow } from './inventory/contents.ts'
import { managedObject } from './managed-object.ts'
import {
  findProperty,
  isKindOf,
  type ManagedObject,
  type ManagedType,
  method,
  property,
  referenceTo,
} from './managed-type.ts'
import { canView, findObject, requireObject } from './objects.ts'
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
      [containerView, listView].flatMap((type) => call.objects.ofType(type).map(referenceTo)),
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

    /** What is not there, or the caller may not see, is left out. */
    CreateListView: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { obj: list(reference) },
      result: reference,
      run: (call, { obj }) => referenceTo(call.objects.add(listView, { listed: resolve(call, obj).found })),
    }),

    CreateListViewFromView: method({
      requires: { privilege: 'System.View' },
      costly: true,
      parameters: { view: objectOf('View') },
      result: reference,
      run: (call, { view: from }) => referenceTo(call.objects.add(listView, { listed: objectsOfView(call, from) })),
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

const managedObjectView: ManagedType = { name: 'ManagedObjectView', base: view, properties: {}, methods: {} }

export const containerView: ManagedType = {
  name: 'ContainerView',
  base: managedObjectView,
  properties: {
    container: property(reference, 'System.View', ({ container }: Container) => container),
    type: property(list(string), 'System.View', ({ types }: Container) => [...types]),
    recursive: property(boolean, 'System.View', ({ recursive }: Container) => recursive),
    view: entities('System.View', contentsOf, isOfTypes),
  },
  methods: {},
}

/** Objects that a client has named, by their ids. */
interface Listed {
  listed: Map<string, Reference>
}

/** @see vcenter-api.md 7.5 */
export const listView: ManagedType = {
  name: 'ListView',
  base: managedObjectView,
  properties: {
    view: property(list(reference), 'System.View', ({ listed }: Listed, call) => visible(call, listed.values())),
  },
  methods: {
    ModifyListView: method({
      requires: 'session',
      costly: true,
      parameters: { add: list(reference), remove: list(reference) },
      result: list(reference),
      run(call, { add, remove }, { subject }: ManagedObject<Listed>) {
        const { found, unresolved } = resolve(call, add)
        const listed = new Map([...subject.listed, ...found])
        for (const { id } of remove) listed.delete(id)
        subject.listed = few(listed)
        return unresolved
      },
    }),

    ResetListView: method({
      requires: 'session',
      costly: true,
      parameters: { obj: list(reference) },
      result: list(reference),
      run(call, { obj }, { subject }: ManagedObject<Listed>) {
        const { found, unresolved } = resolve(call, obj)
        subject.listed = found
        return unresolved
      },
    }),

    ResetListViewFromView: method({
      requires: 'session',
      costly: true,
      parameters: { view: objectOf('View') },
      run(call, { view: from }, { subject }: ManagedObject<Listed>) {
        subject.listed = objectsOfView(call, from)
      },
    }),
  },
}

/** @throws {VimFault} `LimitExceeded` */
function few(listed: Map<string, Reference>): Map<string, Reference> {
  const limit = inferred.objectsOfListView
  if (listed.size > limit) throw vimFault('LimitExceeded', `A list view can have ${limit} objects`, { limit })
  return listed
}

const visible = (call: SdkCall, references: Iterable<Reference>): Reference[] =>
  [...references].filter((one) => {
    const object = findObject(call, one)
    return object !== undefined && canView(call, object)
  })

function resolve(call: SdkCall, references: readonly Reference[]) {
  const found = new Map(visible(call, references).map((one) => [one.id, one]))
  return { found: few(found), unresolved: references.filter(({ id }) => !found.has(id)) }
}

/** What a view of either kind has in it now. */
function objectsOfView(call: SdkCall, from: Reference): Map<string, Reference> {
  const { type, subject } = requireObject(call, from)
  const references = findProperty(type, 'view')?.read(subject, call) as Reference[]
  return few(new Map(references.map((one) => [one.id, one])))
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
