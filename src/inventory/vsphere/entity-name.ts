import { AccessError } from '../../access/errors.ts'

/** Longest name vCenter takes. [inferred] */
const longest = 80

/**
 * A name as vCenter keeps it: slashes and backslashes are escaped, and so is a percent sign that begins no escape.
 *
 * @param field Where the name came from, for the refusal.
 * @throws {AccessError} `invalid_field` for a name that is empty, too long, or holds control characters.
 * @see vSphere Web Services API, ManagedEntity.name
 */
export function entityName(name: string, field: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name.trim() === '' || name.length > longest || /[\u0000-\u001f\u007f]/.test(name)) {
    throw new AccessError(
      'invalid_field',
      `${field}: a name has 1 to ${longest} characters and no control characters`,
      {
        field,
      },
    )
  }
  return name
    .replace(/%(?!2f|5c|25)/gi, '%25')
    .replaceAll('/', '%2f')
    .replaceAll('\\', '%5c')
}
