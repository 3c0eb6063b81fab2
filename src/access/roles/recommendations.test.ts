import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FeaturePermissions } from './features.ts'
import { recommendationsFor } from './recommendations.ts'

test('a set of permissions is valid, or lacks what another permission in it needs', () => {
  const lacking = [
    {
      srcFeatures: ['system_user_role_assignments'],
      targetFeature: 'system_roles',
      recommendedPermissions: ['read', 'execute', 'crud'],
    },
  ]
  for (const [wanted, expected] of [
    [{}, []],
    [{ policy_segment: 'crud' }, []],
    [{ system_roles: 'crud' }, []],
    [{ system_user_role_assignments: 'none' }, []],
    [{ system_user_role_assignments: 'read' }, lacking],
    [{ system_user_role_assignments: 'crud', system_roles: 'none' }, lacking],
    [{ system_user_role_assignments: 'crud', system_roles: 'read' }, []],
    [{ system_user_role_assignments: 'read', system_roles: 'crud' }, []],
  ] as [FeaturePermissions, unknown[]][]) {
    assert.deepEqual(recommendationsFor(wanted), expected, JSON.stringify(wanted))
  }
})
