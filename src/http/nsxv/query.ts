import { AccessError } from '../../access/errors.ts'

const invalid = (name: string, value: unknown, what: string) =>
  new AccessError('invalid_field', `Value ${String(value)} of parameter ${name} is not ${what}`, { field: name })

/** A flag of the query; absent: undefined. @throws {AccessError} `invalid_field` */
export function flag(query: unknown, name: string): boolean | undefined {
  const value = (query as Record<string, unknown>)[name]
  if (value === undefined) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw invalid(name, value, 'true or false')
}

/** A whole number of the query. @throws {AccessError} `invalid_field` */
export function integer(query: unknown, name: string, fallback: number, minimum: number, maximum: number): number {
  const value = (query as Record<string, unknown>)[name]
  if (value === undefined) return fallback
  if (typeof value === 'string' && /^\d{1,15}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum) {
    return Number(value)
  }
  throw invalid(name, value, `a whole number from ${minimum} to ${maximum}`)
}
