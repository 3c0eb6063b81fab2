import { AccessError } from './errors.ts'

/** What every managed resource carries beside its own fields. Times are in milliseconds since 1970. */
export interface Managed {
  /** Starts at 0 and grows by one with every stored change. */
  revision: number
  createdAt: number
  createdBy: string
  modifiedAt: number
  modifiedBy: string
}

export function firstRevision(by: string, now: number): Managed {
  return { revision: 0, createdAt: now, createdBy: by, modifiedAt: now, modifiedBy: by }
}

export function nextRevision(managed: Managed, by: string, now: number): Managed {
  const { revision, createdAt, createdBy } = managed
  return { revision: revision + 1, createdAt, createdBy, modifiedAt: now, modifiedBy: by }
}

/**
 * Refuses a PUT that would replace what the caller has not read, or create what they believe to be there.
 *
 * @param stored Absent where nothing is stored.
 * @param given The revision the caller read; to be left out to create.
 * @throws {AccessError} `already_exists`, `stale_revision`
 */
export function requirePutRevision(stored: number | undefined, given: number | undefined, what: string): void {
  if (stored !== undefined && given === undefined) {
    throw new AccessError('already_exists', `The object with ${what} already exists`)
  }
  if (stored !== undefined || given !== undefined) requireRevision(stored ?? 0, given)
}

/**
 * Refuses a change that was not made to the object as it is.
 *
 * @param given The revision the caller read; absent where the caller gave none.
 * @throws {AccessError} `stale_revision`
 * @see nsx-api.md 7.4
 */
export function requireRevision(stored: number, given: number | undefined): void {
  if (given !== stored) {
    throw new AccessError('stale_revision', 'The object was modified by somebody else. Please retry.')
  }
}
