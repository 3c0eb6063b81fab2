import type { ObjectNode } from '../../../../access/vcenter/object-tree.ts'
import type { VsphereObject } from '../../../../inventory/vsphere/object.ts'
import { inferred } from '../inferred.ts'
import { type ManagedObject, type ManagedType, method, property } from '../managed-type.ts'
import { wirePermission } from '../permissions.ts'
import { asTask, taskOf } from '../task.ts'
import { permission } from '../types/authorization.ts'
import { boolean, int, type Reference, reference, string } from '../types/basic.ts'
import { managedEntityStatus } from '../types/inventory.ts'
import { list } from '../types/vim-type.ts'
import { extensibleManagedObject, none } from './extensible.ts'
import { asNameFault } from './refusals.ts'

export const read = inferred.privilegeOfProperties

/** An object of the inventory by its type and id. */
export const entityReference = ({ type, id }: ObjectNode): Reference => ({ type, id })

/** What the objects of the inventory have in common. @see vcenter-api.md 7.4 */
export const managedEntity: ManagedType = {
  name: 'ManagedEntity',
  base: extensibleManagedObject,
  properties: {
    parent: property(reference, 'System.View', (entity: VsphereObject) => {
      const { parent } = entity
      // A machine in a vApp stands in no folder.
      return parent && !(entity.type === 'VirtualMachine' && parent.type === 'VirtualApp')
        ? entityReference(parent)
        : undefined
    }),
    customValue: none('CustomFieldValue', 'System.View'),
    overallStatus: property(managedEntityStatus, read, () => 'green'),
    configStatus: property(managedEntityStatus, read, () => 'green'),
    configIssue: none('Event', read),
    effectiveRole: property(list(int), 'System.View', ({ id }: VsphereObject, { caller, services }) =>
      caller ? [...services.authorization.rolesOn(caller, id)] : undefined,
    ),
    permission: property(list(permission), read, ({ id }: VsphereObject, call) =>
      call.services.entityPermissions.on(call, id, false).map((one) => wirePermission(one, call)),
    ),
    name: property(string, 'System.View', ({ name }: VsphereObject) => name),
    disabledMethod: property(list(string), read, () => []),
    recentTask: property(list(reference), read, () => []),
    declaredAlarmState: none('AlarmState', 'System.View'),
    triggeredAlarmState: none('AlarmState', 'System.View'),
    alarmActionsEnabled: property(boolean, 'System.Read', () => true),
    tag: none('Tag', 'System.View'),
  },
  methods: {
    Rename_Task: method({
      requires: 'session',
      parameters: { newName: string },
      result: reference,
      changes: true,
      run: (call, { newName }, target: ManagedObject<VsphereObject>) =>
        asTask(call, { method: 'Rename_Task', operation: 'rename' }, target, () =>
          asNameFault(newName, target.subject.parent ?? target.subject, () =>
            call.services.folders.rename(call, target.id, newName),
          ),
        ),
      answer: taskOf,
    }),
  },
}
