/** One rule of a policy, put to one password. */
export interface PasswordRule {
  /** The field of the policy that makes it, or what it is about where every policy has it. */
  readonly field: string
  /** What it demands. */
  readonly text: string
  /** What a password that breaks it is, does or has. */
  readonly flaw: string
  /** Undefined where the password alone does not tell. */
  isMet(): boolean | undefined
}

/** A rule, and whether the password keeps it. */
export interface CheckedRule {
  field: string
  text: string
  met: boolean | undefined
}

/** The first rule that is broken decides what is said. */
export const firstFlaw = (rules: readonly PasswordRule[]): string | undefined =>
  rules.find((rule) => rule.isMet() === false)?.flaw

export const checkRules = (rules: readonly PasswordRule[]): CheckedRule[] =>
  rules.map((rule) => ({ field: rule.field, text: rule.text, met: rule.isMet() }))

/** `1 digit`, `2 digits`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** What only the stored hashes could tell. Nobody is told: it would be a way to guess passwords that nothing counts. */
export function remembered(count: number): CheckedRule[] {
  if (count === 0) return []
  const text = count === 1 ? 'Not the password in use' : `None of the last ${count} passwords`
  return [{ field: 'remembrance', text, met: undefined }]
}
