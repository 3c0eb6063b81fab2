import { expiresAt } from '../../../access/passwords/age.ts'
import { readUsers } from '../../../http/nsx/permissions.ts'
import { inferred } from '../inferred.ts'
import { type NsxCommand, username } from '../session.ts'

const dayInMs = 24 * 60 * 60 * 1000

export const getUserPasswordExpiration: NsxCommand = {
  syntax: 'get user <username> password-expiration',
  summary: "Show when a user's password expires",
  requires: readUsers.requires,
  arguments: { username },
  example: 'get user audit password-expiration',
  async run(session, { username = '' }) {
    const account = await session.account(username)
    const { passwordChangeFrequency: valid, passwordChangeWarning: warning, passwordChangedAt } = account
    if (valid === 0) return session.answer(inferred.neverExpires)
    const left = Math.ceil((expiresAt(passwordChangedAt, valid) - session.services.clock()) / dayInMs) - 1
    session.answer(
      `Password expires ${valid} days after last change`,
      left >= 0 ? ` Current password will expire in ${left} days` : inferred.expired(-left),
      warning === 0
        ? inferred.noWarning
        : `User will receive warning messages ${warning} days before password expires.`,
    )
  },
}
