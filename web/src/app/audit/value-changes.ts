/** One value of an object, as it was and as it is. */
export interface ValueRow {
  /** Where it stands in the object: `roles[0].path`. */
  path: string
  /** Undefined: there was, or there is, none. */
  before: string | undefined
  after: string | undefined
  changed: boolean
}

/** Values that are told apart at most; what is in deeper or further is shown as JSON. */
const mostRows = 500
const deepest = 12

/** The values of an object before and after a change, side by side; those that changed first. */
export function valueChanges(before: unknown, after: unknown): ValueRow[] {
  const old = valuesOf(before)
  const now = valuesOf(after)
  const rows = [...new Set([...old.keys(), ...now.keys()])].map((path) => {
    const row = { path, before: old.get(path), after: now.get(path) }
    return { ...row, changed: row.before !== row.after }
  })
  return [...rows.filter(({ changed }) => changed), ...rows.filter(({ changed }) => !changed)]
}

function valuesOf(value: unknown): Map<string, string> {
  const values = new Map<string, string>()
  const add = (path: string, part: unknown, depth: number): void => {
    const parts = depth < deepest ? partsOf(part) : undefined
    if (!parts || parts.length === 0 || values.size + parts.length > mostRows) {
      values.set(path, typeof part === 'string' ? part : JSON.stringify(part))
      return
    }
    for (const [name, inner] of parts) {
      add(Array.isArray(part) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, inner, depth + 1)
    }
  }
  if (value !== undefined) add('', value, 0)
  return values
}

function partsOf(value: unknown): [string, unknown][] | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined
}
