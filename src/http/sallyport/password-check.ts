import { Type } from 'typebox'
import type { CheckedRule } from '../../access/passwords/rule.ts'
import { errorAnswers } from './errors.ts'
import { password } from './sso/schemas.ts'

/** What the password itself cannot tell is left open, so `acceptable` promises nothing. */
const Checked = Type.Object(
  {
    acceptable: Type.Boolean({ description: 'Whether no rule is broken' }),
    rules: Type.Array(
      Type.Object({
        field: Type.String({ description: 'Of the policy; `old`, `palindrome` and `dictionary` are in every policy' }),
        text: Type.String({ description: 'What the rule demands; for people' }),
        met: Type.Union([Type.Boolean(), Type.Null()], {
          description: 'null: it is told only when the password is set, or needs old_password',
        }),
      }),
    ),
  },
  { description: 'The rules in the order in which they are enforced' },
)

/** A password as somebody types it: also one that is none yet. No policy lets a longer one pass. */
export const typedPassword = Type.String({
  ...password,
  minLength: 0,
  maxLength: 256,
  description: 'Neither kept nor returned',
})

export const checkedAnswers = { 200: Checked, ...errorAnswers }

/** @param wireName Of a field of the policy. */
export const wireChecked = (rules: readonly CheckedRule[], wireName: (field: string) => string) => ({
  acceptable: rules.every(({ met }) => met !== false),
  rules: rules.map(({ field, text, met }) => ({ field: wireName(field), text, met: met ?? null })),
})
