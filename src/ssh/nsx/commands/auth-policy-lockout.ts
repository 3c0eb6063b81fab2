import { policyRanges } from '../../../access/passwords/auth-policy.ts'
import { anyAccount, changeSystem } from '../../../http/nsx/permissions.ts'
import { wholeNumber } from '../../console/command.ts'
import { isPeriod, lockoutFields, type Side } from '../auth-policy.ts'
import { type NsxCommand, whole } from '../session.ts'

/** The lockout rules, each with a `get` and a `set`. Edges have no API of their own to lock. @see nsx-api.md 1.3 */
export const authPolicyLockoutCommands: NsxCommand[] = (Object.keys(lockoutFields) as Side[]).flatMap((side) =>
  Object.entries(lockoutFields[side]).flatMap(([word, field]): NsxCommand[] => {
    const { minimum, maximum, default: usual } = policyRanges[field]
    const unit = isPeriod(word) ? 'seconds' : 'failures'
    const on = side === 'api' ? { on: 'manager' as const } : {}
    return [
      {
        syntax: `get auth-policy ${side} ${word}`,
        summary: `Show the ${word} of the ${side.toUpperCase()}`,
        requires: anyAccount.requires,
        ...on,
        example: `get auth-policy ${side} ${word}`,
        run(session) {
          const value = session.services.authPolicies.read(session.appliance.realmId)[field]
          session.answer(isPeriod(word) ? `${value} seconds` : String(value))
        },
      },
      {
        syntax: `set auth-policy ${side} ${word} <${unit}>`,
        summary: `Set the ${word} of the ${side.toUpperCase()}; 0: no lockout`,
        requires: changeSystem.requires,
        ...on,
        arguments: { [unit]: wholeNumber(unit === 'seconds' ? 'Seconds' : 'Failed sign-ins', minimum, maximum) },
        example: `set auth-policy ${side} ${word} ${usual}`,
        async run(session, values) {
          const { authPolicies } = session.services
          await authPolicies.update(session.call, session.appliance.realmId, { [field]: whole(values[unit]) })
        },
      },
    ]
  }),
)
