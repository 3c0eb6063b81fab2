import { Type } from 'typebox'
import { longestPrincipalName } from '../../../access/vcenter/sso/user-name.ts'

/** No control characters: they would stand in lists and log lines. */
export const printable = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$'

export const text = (maxLength: number, description?: string) =>
  Type.String({ maxLength, pattern: printable, ...(description === undefined ? {} : { description }) })

export const PrincipalName = Type.String({
  minLength: 1,
  maxLength: longestPrincipalName,
  description: "Letters, digits, '_', '.', '$' and '-'; never changes, and is unique whatever its case",
})

/** In URLs; whatever it is, it is looked up. */
export const nameParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 255 }) })

export const password = Type.String({ minLength: 1, maxLength: 1024, writeOnly: true, description: 'Never returned' })

export const mustChange = Type.Boolean({
  default: false,
  description: 'The password opens nothing until its user has changed it',
})
