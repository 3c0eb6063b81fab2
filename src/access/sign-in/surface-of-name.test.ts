import assert from 'node:assert/strict'
import { test } from 'node:test'
import { surfacesOfName } from './surface-of-name.ts'

const cases: [name: string, localDomain: string, surfaces: string][] = [
  ['admin', '', 'nsx'],
  ['', '', 'nsx'],
  ['admin@lab.example', 'Lab.Example', 'nsx'],
  ['admin@lab.example', '', 'nsx vcenter'],
  ['administrator@vsphere.local', 'lab.example', 'vcenter'],
  ['VSPHERE.LOCAL\\Administrator', '', 'vcenter'],
  ['bob@corp.example', 'lab.example', 'nsx vcenter'],
  ['CORP\\bob', 'lab.example', 'nsx vcenter'],
  ['a@b@vsphere.local', '', 'vcenter'],
  ['administrator@vsphere.local@corp.example', '', 'nsx vcenter'],
]

for (const [name, localDomain, surfaces] of cases) {
  test(`${JSON.stringify(name)} may be a name of ${surfaces} (local domain: ${localDomain || 'none'})`, () => {
    assert.equal(surfacesOfName(name, localDomain).join(' '), surfaces)
  })
}
