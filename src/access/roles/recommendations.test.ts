import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FeaturePermissions } from './features.ts'
import { recommendationsFor } from './recommendations.ts'

test('a set of permissions is valid, or lacks what another permission in it needs', () => {
  const lacking = [
    {
      srcFeatures: ['users_role_assignments'],
      targetFeature: 'users_custom_role',
      recommendedPermissions: ['read', 'execute', 'crud'],
    },
  ]
  for (const [wanted, expected] of [
    [{}, []],
    [{ policy_segment: 'crud' }, []],
    [{ users_custom_role: 'crud' }, []],
    [{ users_role_assignments: 'none' }, []],
    [{ users_role_assignments: 'read' }, lacking],
    [{ users_role_assignments: 'crud', users_custom_role: 'none' }, lacking],
    [{ users_role_assignments: 'crud', users_custom_role: 'read' }, []],
    [{ users_role_assignments: 'read', users_custom_role: 'crud' }, []],
  ] as [FeaturePermissions, unknown[]][]) {
    assert.deepEqual(recommendationsFor(wanted), expected, JSON.stringify(wanted))
  }
})
