import { changeSystem } from '../../../http/nsx/permissions.ts'
import type { NsxCommand } from '../session.ts'

export const clearPasswordComplexity: NsxCommand = {
  syntax: 'clear password-complexity',
  summary: 'Reset what passwords must be like to the defaults',
  requires: changeSystem.requires,
  example: 'clear password-complexity',
  async run(session) {
    await session.services.authPolicies.reset(session.call, session.appliance.realmId, ['complexity'])
  },
}
