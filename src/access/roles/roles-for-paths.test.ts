import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeRolesForPaths, rolesAt } from './roles-for-paths.ts'

const everywhere = { path: '/', roles: ['auditor'] }
const project = { path: '/orgs/default/projects/p1', roles: ['project_admin'] }

test('a change merges with the binding: sent paths replace their own, others stay, and one goes by being sent to go', () => {
  for (const [name, stored, sent, merged] of [
    ['nothing sent', [everywhere, project], [], [everywhere, project]],
    ['first path', [], [{ ...everywhere, remove: false }], [everywhere]],
    ['another path', [everywhere], [{ ...project, remove: false }], [everywhere, project]],
    [
      'the same path',
      [everywhere, project],
      [{ path: '/', roles: ['network_op', 'security_op'], remove: false }],
      [{ path: '/', roles: ['network_op', 'security_op'] }, project],
    ],
    ['a path to go', [everywhere, project], [{ ...everywhere, remove: true }], [project]],
    ['an unknown path to go', [everywhere], [{ ...project, remove: true }], [everywhere]],
    ['a longer path to go', [project], [{ ...project, path: `${project.path}/x`, remove: true }], [project]],
    ['the last path to go', [everywhere], [{ path: '/', roles: ['none'], remove: true }], []],
    [
      'one to go and one to come',
      [everywhere],
      [
        { ...everywhere, remove: true },
        { ...project, remove: false },
      ],
      [project],
    ],
    [
      'one path twice',
      [everywhere],
      [
        { path: '/', roles: ['network_op'], remove: false },
        { path: '/', roles: ['security_op'], remove: false },
      ],
      [{ path: '/', roles: ['security_op'] }],
    ],
  ] as const) {
    const asStored = structuredClone(stored)
    assert.deepEqual(
      mergeRolesForPaths(
        asStored.map((bound) => ({ ...bound, roles: [...bound.roles] })),
        sent.map((change) => ({ ...change, roles: [...change.roles] })),
      ),
      merged,
      name,
    )
  }
})

test('merging leaves what was stored as it is', () => {
  const stored = [{ path: '/', roles: ['auditor'] }]
  mergeRolesForPaths(stored, [{ path: '/', roles: ['network_op'], remove: false }])
  assert.deepEqual(stored, [{ path: '/', roles: ['auditor'] }])
})

test('the roles at a path are those bound there and at every path above it', () => {
  const bound = [
    { path: '/', roles: ['auditor'] },
    { path: '/orgs/default', roles: ['org_admin', 'auditor'] },
    { path: '/orgs/default/projects/p1', roles: ['project_admin'] },
    { path: '/orgs/default/projects/p2', roles: ['vpc_admin'] },
  ]
  for (const [path, roles] of [
    ['/', ['auditor']],
    ['/infra/segments/seg1', ['auditor']],
    ['/orgs', ['auditor']],
    ['/orgs/default', ['auditor', 'org_admin']],
    ['/orgs/default2', ['auditor']],
    ['/orgs/default/projects', ['auditor', 'org_admin']],
    ['/orgs/default/projects/p1', ['auditor', 'org_admin', 'project_admin']],
    ['/orgs/default/projects/p1/vpcs/v1', ['auditor', 'org_admin', 'project_admin']],
    ['/orgs/default/projects/p10', ['auditor', 'org_admin']],
    ['/orgs/default/projects/p2', ['auditor', 'org_admin', 'vpc_admin']],
  ] as const) {
    assert.deepEqual([...rolesAt(bound, path)], roles, path)
  }
})

test('roles bound below a path do not reach it', () => {
  assert.deepEqual([...rolesAt([project], '/')], [])
  assert.deepEqual([...rolesAt([project], '/orgs/default')], [])
  assert.deepEqual([...rolesAt([], '/')], [])
})
