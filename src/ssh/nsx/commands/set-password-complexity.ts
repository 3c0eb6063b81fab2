import { type AuthPolicy, hashAlgorithms, policyRanges } from '../../../access/passwords/auth-policy.ts'
import { changeSystem } from '../../../http/nsx/permissions.ts'
import { type Argument, ConsoleError, oneOf, wholeNumber } from '../../console/command.ts'
import { inferred } from '../inferred.ts'
import { complexityFields, hashAlgorithmAsked } from '../password-complexity.ts'
import { type NsxCommand, type NsxSession, whole } from '../session.ts'

async function change(session: NsxSession, changes: Partial<AuthPolicy>): Promise<void> {
  await session.services.authPolicies.update(session.call, session.appliance.realmId, changes)
}

const hashAlgorithm = oneOf<NsxSession>('Hash of new passwords', ...hashAlgorithms)

const numberOf = (word: string): Argument<NsxSession> => {
  const { field, asked } = complexityFields[word] as { field: keyof typeof policyRanges; asked: string }
  const { minimum, maximum } = policyRanges[field]
  return wholeNumber(asked, minimum, maximum)
}

/** Asks for a value until it is one, or nothing. */
async function askFor(session: NsxSession, asked: string, argument: Argument<NsxSession>): Promise<string> {
  const value = (await session.ask(inferred.keep(asked), 'shown')).trim()
  const why = value === '' ? undefined : argument.check?.(value)
  if (why !== undefined) throw new ConsoleError(inferred.invalid(asked.toLowerCase(), value, why))
  return value
}

/** Asks for all eleven values; an empty answer keeps what is there. */
const askForAll: NsxCommand = {
  syntax: 'set password-complexity',
  summary: 'Set what passwords must be like, asking for each value',
  requires: changeSystem.requires,
  example: 'set password-complexity',
  async run(session) {
    const changes: Partial<AuthPolicy> = {}
    for (const [word, { field, asked }] of Object.entries(complexityFields)) {
      if (word === 'password-remembrance') {
        const value = await askFor(session, hashAlgorithmAsked, hashAlgorithm)
        if (value !== '') changes.hashAlgorithm = value as AuthPolicy['hashAlgorithm']
      }
      const value = await askFor(session, asked, numberOf(word))
      if (value !== '') changes[field] = Number(value)
    }
    if (Object.keys(changes).length > 0) await change(session, changes)
  },
}

const ofOne = Object.entries(complexityFields).map(
  ([word, { field }]): NsxCommand => ({
    syntax: `set password-complexity ${word} <${word}>`,
    summary: 'Set what passwords must be like',
    requires: changeSystem.requires,
    arguments: { [word]: numberOf(word) },
    example: `set password-complexity ${word} ${policyRanges[field].default}`,
    run: (session, values) => change(session, { [field]: whole(values[word]) }),
  }),
)

const ofHash: NsxCommand = {
  syntax: 'set password-complexity hash-algorithm <hash-algorithm>',
  summary: 'Set the hash of new passwords, which is shown; what is stored is argon2id',
  requires: changeSystem.requires,
  arguments: { 'hash-algorithm': hashAlgorithm },
  example: 'set password-complexity hash-algorithm sha512',
  run: (session, values) => change(session, { hashAlgorithm: values['hash-algorithm'] as AuthPolicy['hashAlgorithm'] }),
}

export const setPasswordComplexity: NsxCommand[] = [askForAll, ...ofOne, ofHash]
