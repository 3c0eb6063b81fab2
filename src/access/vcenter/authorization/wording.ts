import { AccessError } from '../../errors.ts'
import { longestName } from '../inferred.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they must not have
export const controls = /[\u0000-\u001f\u007f]/

/**
 * A name that every database and every log line takes as it is.
 *
 * @throws {AccessError} `invalid_field`
 */
export function requireName(name: string, field: string): void {
  const fits = name.trim() !== '' && name.length <= longestName && name.isWellFormed() && !controls.test(name)
  if (fits) return
  const message = `A name has 1 to ${longestName} characters, none of them a control character`
  throw new AccessError('invalid_field', message, { field, value: name.slice(0, longestName) })
}
