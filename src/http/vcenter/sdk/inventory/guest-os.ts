/**
 * A guest operating system as vim25 names it: `RHEL_9_64` is `rhel9_64Guest`.
 *
 * @param name As the vCenter API names it.
 * @see [inferred] from the two lists of names
 */
export function guestIdOf(name: string): string {
  let id = ''
  for (const part of name.split('_')) {
    // Two numbers in a row would read as one.
    if (/\d$/.test(id) && /^\d/.test(part)) id += '_'
    id += id === '' ? part.toLowerCase() : part.slice(0, 1) + part.slice(1).toLowerCase()
  }
  return `${id}Guest`
}
