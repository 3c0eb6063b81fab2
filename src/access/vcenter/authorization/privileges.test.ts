import assert from 'node:assert/strict'
import { test } from 'node:test'
import labels from './privilege-labels.json' with { type: 'json' }
import { privileges } from './privileges.ts'

const labelOf = (id: string) => privileges.get(id)?.label

test('privileges are called as vSphere Client and PowerCLI call them', () => {
  assert.equal(labelOf('VirtualMachine.Interact.PowerOn'), 'Power on')
  assert.equal(labelOf('Datastore.AllocateSpace'), 'Allocate space')
  assert.equal(labelOf('Global.ManageCustomFields'), 'Manage custom attributes')
  assert.equal(labelOf('VirtualMachine.Provisioning.DiskRandomRead'), 'Allow read-only disk access')
})

test('privileges that no source names are called by their id', () => {
  assert.equal(labelOf('Datacenter.UpdateCarbonInfo'), 'Update carbon info')
  assert.equal(labelOf('VcIntegrity.Baseline.com.vmware.vcIntegrity.AssignBaselines'), 'Assign baselines')
})

test('every name that is kept is that of a privilege, and all have one', () => {
  for (const [group, names] of Object.entries(labels)) {
    for (const [name, label] of Object.entries(names)) assert.equal(labelOf(`${group}.${name}`), label)
  }
  for (const { id, label } of privileges.values()) assert.match(label, /^\S.*\S$/, id)
})
