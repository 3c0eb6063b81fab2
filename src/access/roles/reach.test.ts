import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../errors.ts'
import type { Principal } from '../principal.ts'
import { builtInRoles } from './built-in-roles.ts'
import { boundWithin, requireReach, visibleTo } from './reach.ts'
import type { RolesForPath } from './roles-for-paths.ts'

const find = (id: string) => builtInRoles.get(id)
const holder = (...rolesForPaths: [path: string, ...roles: string[]][]) =>
  ({ rolesForPaths: rolesForPaths.map(([path, ...roles]) => ({ path, roles })) }) as unknown as Principal

test('roles are assigned by who may do so at the path, and has there what they give and take', () => {
  const everywhere = holder(['/', 'enterprise_admin'])
  const cloud = holder(['/', 'cloud_admin'])
  const ofOrg = holder(['/', 'network_op'], ['/orgs/default', 'cloud_admin'])
  const ofTwo = holder(['/orgs/default', 'cloud_admin'], ['/orgs/default/projects/p1', 'security_engineer'])
  for (const [name, caller, path, before, after, allowed] of [
    ['all rights, anywhere', everywhere, '/', ['enterprise_admin'], ['auditor'], true],
    ['all rights, below', everywhere, '/orgs/x', [], ['enterprise_admin'], true],
    ['its own role', cloud, '/', [], ['cloud_admin'], true],
    ['more than its own', cloud, '/', [], ['auditor'], false],
    ['more than its own, below', cloud, '/orgs/default', [], ['enterprise_admin'], false],
    ['away from one with more', cloud, '/', ['auditor'], [], false],
    ['away from one with less', cloud, '/', ['cloud_auditor'], [], true],
    ['no right to assign', holder(['/', 'auditor']), '/', [], ['lb_admin'], false],
    ['at the path it has', ofOrg, '/orgs/default', [], ['cloud_admin'], true],
    ['below the path it has', ofOrg, '/orgs/default/projects/p1', [], ['cloud_auditor'], true],
    ['above the path it has', ofOrg, '/', [], ['lb_admin'], false],
    ['above, and less than it has there', ofOrg, '/', [], ['network_op'], false],
    ['beside the path it has', ofOrg, '/orgs/default2', [], ['network_op'], false],
    ['in another org', ofOrg, '/orgs/other', [], ['network_op'], false],
    ['what it has further down, there', ofTwo, '/orgs/default/projects/p1', [], ['security_engineer'], true],
    ['what it has further down, above', ofTwo, '/orgs/default', [], ['security_engineer'], false],
    ['what it has further down, beside', ofTwo, '/orgs/default/projects/p10', [], ['security_engineer'], false],
    ['nothing, where it may not', ofOrg, '/', [], [], false],
  ] as [string, Principal, string, string[], string[], boolean][]) {
    const change = () => requireReach(caller, find, path, before, after)
    if (allowed) assert.doesNotThrow(change, name)
    else assert.throws(change, (error) => error instanceof AccessError && error.code === 'forbidden', name)
  }
})

const bound: RolesForPath[] = [
  { path: '/', roles: ['auditor'] },
  { path: '/orgs/default', roles: ['org_admin'] },
  { path: '/orgs/default/projects/p1', roles: ['project_admin'] },
  { path: '/orgs/default2', roles: ['org_admin'] },
]
const paths = (some: readonly RolesForPath[]) => some.map(({ path }) => path)

test('bound roles are seen where assignments may be read', () => {
  for (const [caller, seen] of [
    [holder(['/', 'auditor']), paths(bound)],
    [holder(['/orgs/default', 'auditor']), ['/orgs/default', '/orgs/default/projects/p1']],
    [holder(['/orgs/default/projects/p1', 'cloud_auditor']), ['/orgs/default/projects/p1']],
    [holder(['/', 'network_engineer']), []],
    [holder(), []],
  ] as [Principal, string[]][]) {
    assert.deepEqual(paths(visibleTo(caller, find)(bound)), seen)
  }
})

test('a root path keeps itself and what is below it', () => {
  for (const [root, kept] of [
    ['/', paths(bound)],
    ['/orgs', ['/orgs/default', '/orgs/default/projects/p1', '/orgs/default2']],
    ['/orgs/', ['/orgs/default', '/orgs/default/projects/p1', '/orgs/default2']],
    ['/orgs/default', ['/orgs/default', '/orgs/default/projects/p1']],
    ['/orgs/def', []],
    ['', paths(bound)],
  ] as const) {
    assert.deepEqual(paths(boundWithin(bound, root)), kept, root)
  }
})
