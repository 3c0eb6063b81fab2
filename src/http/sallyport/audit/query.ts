import type { FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import type { Position } from '../../../audit/trail/audit-index.ts'
import { kinds, outcomes, surfaces } from '../../../audit/trail/facets.ts'
import type { AuditFilter } from '../../../audit/trail/filter.ts'
import { mayReadRelayReasons, readableSurfaces } from './readable.ts'

const name = (what: string) =>
  Type.String({
    minLength: 1,
    maxLength: 128,
    description: `${what}, whatever its case; \`*\` stands for any characters`,
  })

const oneOrMore = (what: string, values: readonly string[]) =>
  Type.String({
    minLength: 1,
    maxLength: 200,
    description: `${what}: one or more, comma separated, of ${values.join(', ')}`,
  })

const time = (what: string) => Type.String({ minLength: 1, maxLength: 40, description: `${what}, as in RFC 3339` })

export const filterParameters = {
  user: name('Who called'),
  operation: name('What was called, or the command that was given'),
  source: name("The caller's address"),
  surface: oneOrMore('Whose records', surfaces),
  outcome: oneOrMore('What became of it', outcomes),
  kind: oneOrMore('What it is', kinds),
  changes: Type.Boolean({ description: 'Whether it is a call that changes something' }),
  from: time('The earliest time'),
  to: time('The time before which'),
  text: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'A text that the record has somewhere, whatever its case',
  }),
} satisfies Record<string, TSchema>

export const Filter = Type.Partial(Type.Object(filterParameters))
export type Filter = Static<typeof Filter>

export const EntryId = Type.String({ pattern: '^[0-9]{1,9}-[0-9]{1,15}$', description: 'Of an entry' })

export function positionOf(id: string): Position {
  const [journal = 0, seq = 0] = id.split('-').map(Number)
  return { journal, seq }
}

export const idOf = ({ journal, seq }: Position): string => `${journal}-${seq}`

/** What is asked for, as far as the caller may read it. @throws {AccessError} `invalid_field`, `forbidden` */
export function filterOf(request: FastifyRequest, given: Filter): AuditFilter {
  const { user, operation, source, text, changes } = given
  const from = timeOf('from', given.from)
  const to = timeOf('to', given.to)
  if (from !== undefined && to !== undefined && from >= to) throw invalid('to', 'to must be later than from')
  return {
    surfaces: readableSurfaces(request, listOf('surface', given.surface, surfaces)),
    user,
    operation,
    source,
    outcomes: listOf('outcome', given.outcome, outcomes),
    kinds: listOf('kind', given.kind, kinds),
    write: changes,
    from,
    to,
    text,
    relayReasons: mayReadRelayReasons(request),
  }
}

function listOf<T extends string>(field: string, text: string | undefined, values: readonly T[]): T[] | undefined {
  return text?.split(',').map((part) => {
    const known = values.find((value) => value === part)
    if (known !== undefined) return known
    throw invalid(field, `value ${part} of property ${field} is not one of the allowed values [${values.join(', ')}]`)
  })
}

const timestamp = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/

function timeOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = timestamp.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw invalid(field, `value ${text} of property ${field} is not a time like 2026-03-02T08:15:00Z`)
}

export const invalid = (field: string, message: string) => new AccessError('invalid_field', message, { field })
