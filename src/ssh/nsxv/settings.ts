import { AccessError } from '../../access/errors.ts'

/** Servers and routes that can be configured; inferred, so that their number is bounded. */
const most = 32

const equal = <T>(a: T, b: T) => a === b

/** A list with one more, once. @throws {AccessError} `limit_reached` */
export function withOne<T>(list: readonly T[], one: T, same: (a: T, b: T) => boolean = equal): readonly T[] {
  if (list.some((other) => same(other, one))) return list
  if (list.length >= most) throw new AccessError('limit_reached', `There can be no more than ${most}`)
  return [...list, one]
}

/** A list without one. @throws {AccessError} `not_found` */
export function without<T>(list: readonly T[], one: T, same: (a: T, b: T) => boolean = equal): readonly T[] {
  const left = list.filter((other) => !same(other, one))
  if (left.length === list.length) throw new AccessError('not_found', 'It is not configured')
  return left
}
