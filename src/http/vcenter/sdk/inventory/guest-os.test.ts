import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestIdOf } from './guest-os.ts'

test('guest operating systems have the names that vim25 gives them', () => {
  for (const [name, id] of [
    ['OTHER_LINUX_64', 'otherLinux64Guest'],
    ['RHEL_9_64', 'rhel9_64Guest'],
    ['UBUNTU_64', 'ubuntu64Guest'],
    ['DEBIAN_12_64', 'debian12_64Guest'],
    ['VMKERNEL_7', 'vmkernel7Guest'],
  ] as const) {
    assert.equal(guestIdOf(name), id)
  }
})
