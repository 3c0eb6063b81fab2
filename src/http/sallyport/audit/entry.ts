import { type Static, Type } from 'typebox'
import { logLine } from '../../../audit/log-line.ts'
import { kinds, operationOf, outcomeOf, outcomes, surfaces } from '../../../audit/trail/facets.ts'
import type { PlacedRecord } from '../../../audit/trail/search.ts'
import { EntryId, idOf } from './query.ts'

const optional = Type.Optional

/** Characters of a name or a URL that a list shows; the entry itself has them all. */
const longestShown = 500

const common = {
  id: EntryId,
  time: Type.String({ format: 'date-time' }),
  surface: Type.Enum([...surfaces]),
  appliance: Type.String({ description: 'Name of the appliance that served the call' }),
  kind: Type.Enum([...kinds]),
  user: Type.String({ description: 'Who called; of a refused sign-in the name that was given' }),
  source: Type.String({ description: "The caller's address" }),
  operation: Type.String({ description: 'Its name; where it has none, method and path; on a console the command' }),
  outcome: Type.Enum([...outcomes]),
  status: Type.Integer({ description: 'HTTP status; on a console 200, or 403 and 400 for what failed' }),
  method: Type.String({ description: '`SSH` on a console' }),
  url: Type.String({ description: 'Secrets are masked' }),
  changes: Type.Boolean({ description: 'Whether it is a call that changes something' }),
  entity: optional(Type.String({ description: 'What was changed' })),
  error: optional(Type.String({ description: 'Name of the refusal' })),
  count: optional(
    Type.Integer({ description: 'How many refusals like it there were, where the record stands for more than one' }),
  ),
}

export const ListedEntry = Type.Object(common, {
  description: `A record in short: texts of more than ${longestShown} characters are cut`,
})

export const Entry = Type.Object(
  {
    ...common,
    module: optional(Type.String()),
    face: optional(Type.String({ description: 'In which of its languages vCenter was called' })),
    other_user: optional(Type.String({ description: 'The other name of a caller with a sign-in to both' })),
    agent: Type.String({ description: 'What the client calls itself' }),
    request_id: Type.String(),
    external_request_id: optional(Type.String()),
    external_user: optional(Type.String()),
    operation_id: optional(Type.String({ description: 'What a client of vCenter calls its call' })),
    bytes: Type.Integer({ description: "Of the answer's body" }),
    microseconds: Type.Integer({ description: 'From the request to the answer' }),
    before: optional(Type.Unknown({ description: 'The object as it was; secrets are left out or masked' })),
    after: optional(Type.Unknown({ description: 'The object as it is now' })),
    parameters: optional(
      Type.Array(Type.Unknown(), { description: 'What the call was given: identifiers of its path, then its body' }),
    ),
    line: Type.String({ description: "The record as a line of its appliance's log" }),
  },
  { description: 'An audit record' },
)

const short = (text: string) => (text.length > longestShown ? `${text.slice(0, longestShown)}…` : text)

type Placed = Pick<PlacedRecord, 'position' | 'record'>

export function listedEntry({ position, record }: Placed): Static<typeof ListedEntry> {
  const { user, url, entity, ...rest } = commonOf({ position, record })
  return {
    ...rest,
    user: short(user),
    url: short(url),
    operation: short(rest.operation),
    ...(entity === undefined ? {} : { entity: short(entity) }),
  }
}

export function wireEntry(placed: Placed): Static<typeof Entry> {
  const { record } = placed
  return {
    ...commonOf(placed),
    ...given({
      module: record.module,
      face: record.face,
      other_user: record.otherUser,
      external_request_id: record.externalRequestId,
      external_user: record.externalUser,
      operation_id: record.opId,
      before: record.before,
      after: record.after,
      parameters: record.parameters,
    }),
    agent: record.agent,
    request_id: record.requestId,
    bytes: record.bytes,
    microseconds: record.micros,
    line: logLine(record),
  }
}

function commonOf({ position, record }: Placed): Static<typeof ListedEntry> {
  const { at, surface = 'nsx', host, kind, user, source, status, method, url, write, entity, error, count } = record
  return {
    id: idOf(position),
    time: new Date(at).toISOString(),
    surface,
    appliance: host,
    kind,
    user,
    source,
    operation: operationOf(record),
    outcome: outcomeOf(record),
    status,
    method,
    url,
    changes: write === true,
    ...given({ entity, error, count }),
  }
}

/** Without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
