import { anyAccount } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

export const getAuthPolicyMinimumPasswordLength: NsxCommand = {
  syntax: 'get auth-policy minimum-password-length',
  summary: 'Show the minimum length of passwords',
  requires: anyAccount.requires,
  example: 'get auth-policy minimum-password-length',
  run(session) {
    const { minimumLength } = session.services.authPolicies.read(session.appliance.realmId)
    session.answer(`${minimumLength} characters`)
  },
}
