import type { ManagedObject, ManagedType } from './managed-type.ts'

/** The types of managed objects there are, and the objects that are always there. */
export interface Registry {
  typeNamed(name: string): ManagedType | undefined
  types(): ManagedType[]
  /** Such as the ServiceInstance, where all clients begin. */
  singleton(id: string): ManagedObject | undefined
  singletons(): ManagedObject[]
  /** Whether objects of the inventory, tasks and what sessions make can be named beside these. */
  readonly namesInventory: boolean
}
