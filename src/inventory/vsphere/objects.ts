import { AccessError } from '../../access/errors.ts'
import type { ObjectType } from '../../access/vcenter/object-tree.ts'
import type { Change } from '../../audit/journal.ts'
import type { InventoryObjectTable } from '../../store/schema.ts'
import type { Stores } from '../../store/stores.ts'
import type { VsphereInventory } from './inventory.ts'
import { isA, type VsphereObject } from './object.ts'
import { createRowBuilder, nextNumberProperty, type RowBuilder } from './rows.ts'

/** Called within the change that removes objects: whatever is about them goes with them. */
export type ObjectsRemoved = (change: Change, ids: readonly string[]) => Promise<void>

/** @throws {AccessError} `not_found` also where the id is another type's. */
export function requireObject<T extends ObjectType>(tree: VsphereInventory, id: string, type: T): VsphereObject<T> {
  const object = tree.find(id)
  if (!isA(object, type)) throw notFound(id, type)
  return object
}

/**
 * The object that a field of a specification names.
 *
 * @throws {AccessError} `not_found`; `invalid_field` where it is another type's, or missing.
 */
export function requireNamed<T extends ObjectType>(
  tree: VsphereInventory,
  id: string | undefined,
  type: T,
  field: string,
): VsphereObject<T> {
  if (id === undefined) throw new AccessError('invalid_field', `${field}: the field is required`, { field })
  const object = tree.find(id)
  if (!object) throw notFound(id, type)
  if (!isA(object, type)) throw new AccessError('invalid_field', `${field}: ${id} is no ${type}`, { field, value: id })
  return object
}

/** The object's row, as earlier changes of the group have left it. @throws {AccessError} `not_found` */
export async function requireRow(stores: Stores, id: string): Promise<InventoryObjectTable> {
  const row = await stores.inventoryObjects.find(id)
  if (!row) throw notFound(id)
  return row
}

/** @throws {AccessError} `already_exists` */
export async function requireFreeName(stores: Stores, parent: string, name: string): Promise<void> {
  if (await stores.inventoryObjects.hasChildren(parent, name)) {
    throw new AccessError('already_exists', `There is an object named ${name} in ${parent} already`, {
      objectId: parent,
      value: name,
    })
  }
}

function notFound(id: string, type = 'object'): AccessError {
  return new AccessError('not_found', `There is no ${type} ${id}`, { objectId: id })
}

/** Objects that fit into the memory of a server. */
const mostObjects = 2_000_000

/**
 * Adds objects, numbered like none before them.
 *
 * @param build Gives the id of the one it is about.
 * @throws {AccessError} `limit_reached` where the inventory is full.
 */
export async function addObjects(
  { stores, values, onCommit }: Change,
  tree: VsphereInventory,
  build: (builder: RowBuilder) => string,
): Promise<string> {
  if (tree.size >= mostObjects) throw new AccessError('limit_reached', 'The inventory is full')
  const number = await stores.properties.find(nextNumberProperty)
  if (!number) throw new Error('the inventory has no next number')
  const builder = createRowBuilder(Number(number))
  const id = build(builder)
  await stores.inventoryObjects.insert(builder.rows)
  await stores.properties.update(nextNumberProperty, String(builder.nextNumber))
  values(id, undefined, describe(builder.rows.find((row) => row.id === id)!))
  onCommit(() => tree.follow({ added: builder.rows }))
  return id
}

/** Removes an object with all that is below it. */
export async function removeObject(
  change: Change,
  tree: VsphereInventory,
  row: InventoryObjectTable,
  removed: ObjectsRemoved,
): Promise<void> {
  const ids = await change.stores.inventoryObjects.removeTree(row.id)
  await removed(change, ids)
  change.values(row.id, describe(row), undefined)
  change.onCommit(() => tree.follow({ removed: ids }))
}

/** An object as the audit record shows it. */
function describe({ type, name, parent, secondParent, details }: InventoryObjectTable): object {
  return { type, name, parent, ...(secondParent === null ? {} : { secondParent }), ...JSON.parse(details) }
}
