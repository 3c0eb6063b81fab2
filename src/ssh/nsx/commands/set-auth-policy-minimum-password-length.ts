import { policyRanges } from '../../../access/passwords/auth-policy.ts'
import { changeSystem } from '../../../http/nsx/permissions.ts'
import { wholeNumber } from '../../console/command.ts'
import { type NsxCommand, whole } from '../session.ts'

const { minimum, maximum } = policyRanges.minimumLength

export const setAuthPolicyMinimumPasswordLength: NsxCommand = {
  syntax: 'set auth-policy minimum-password-length <length>',
  summary: 'Set the minimum length of passwords',
  requires: changeSystem.requires,
  arguments: { length: wholeNumber('Characters', minimum, maximum) },
  example: 'set auth-policy minimum-password-length 15',
  async run(session, { length }) {
    const { authPolicies } = session.services
    await authPolicies.update(session.call, session.appliance.realmId, { minimumLength: whole(length) })
  },
}
