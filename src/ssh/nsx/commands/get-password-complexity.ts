import { anyAccount } from '../../../http/nsx/permissions.ts'
import { complexityLines } from '../password-complexity.ts'
import type { NsxCommand } from '../session.ts'

export const getPasswordComplexity: NsxCommand = {
  syntax: 'get password-complexity',
  summary: 'Show what passwords must be like',
  requires: anyAccount.requires,
  example: 'get password-complexity',
  run(session) {
    session.answer(...complexityLines(session.services.authPolicies.read(session.appliance.realmId)))
  },
}
