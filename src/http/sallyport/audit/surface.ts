import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { AccessError } from '../../../access/errors.ts'
import { withoutRelayReason } from '../../../audit/trail/relay-reason.ts'
import { callerKeyOf } from '../../caller.ts'
import { gone } from '../../gone.ts'
import type { RouteConfig } from '../../request.ts'
import { errorAnswers } from '../errors.ts'
import { sallyportFace } from '../face.ts'
import { Entry, ListedEntry, listedEntry, wireEntry } from './entry.ts'
import { formatNames, formats } from './formats.ts'
import { EntryId, Filter, filterOf, idOf, invalid, positionOf } from './query.ts'
import { mayReadRelayReasons, readableSurfaces } from './readable.ts'

const module = 'sallyport.audit'

/** Which records a caller may read is asked of their rights on each surface. @see readable.ts */
const reads = (name: string): RouteConfig => ({
  face: sallyportFace,
  requires: 'sign-in',
  operation: { module, name },
})

/** Whoever follows the log does not see themselves doing so. */
const listing = `${module}.list`

const longestWait = 25

const Query = Type.Object(
  {
    ...Filter.properties,
    before: Type.Optional(EntryId),
    after: Type.Optional(EntryId),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    wait: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: longestWait,
        description:
          'With `after`: seconds to wait for new entries where there are none yet. Readings of this list are not among them',
      }),
    ),
  },
  { additionalProperties: false },
)

const Page = Type.Object({
  results: Type.Array(ListedEntry, { description: 'Newest first' }),
  total: Type.Optional(
    Type.Integer({
      description: 'How many match in all; only on the first page, and only where they could be counted soon',
    }),
  ),
  older: Type.Optional(
    Type.String({ description: 'For `before`, to go on towards the past; absent where there is nothing more' }),
  ),
  newer: Type.String({ description: 'For `after`, to go on towards the present, and to follow' }),
  more: Type.Boolean({
    description:
      'Whether there is more in the direction that was asked for. A page can hold fewer entries than its limit and more be there: so far the log was searched',
  }),
})

/** `/sallyport/v1/audit`: the audit records of all surfaces that the caller may read. */
export const auditSurface: FastifyPluginAsyncTypebox = async (app) => {
  const { auditTrail, auditHead, clock } = app.services

  app.get(
    '/',
    {
      schema: {
        summary: 'List audit records, newest first',
        querystring: Query,
        response: { 200: Page, ...errorAnswers },
      },
      config: reads('list'),
    },
    async (request, reply) => {
      const { before, after, limit = 50, wait = 0, ...given } = request.query
      if (before !== undefined && after !== undefined) throw invalid('after', 'before and after exclude each other')
      if (wait > 0 && after === undefined) throw invalid('wait', 'wait needs after')
      const filter = filterOf(request, given)
      const query = {
        filter,
        limit,
        before: before === undefined ? undefined : positionOf(before),
        after: after === undefined ? undefined : positionOf(after),
      }
      const ended = gone(reply)
      const page =
        wait > 0
          ? await auditTrail.follow(
              { ...query, filter: { ...filter, exceptOperation: listing } },
              wait,
              callerKeyOf(request),
              ended,
            )
          : await auditTrail.page(query, callerKeyOf(request), ended)
      return {
        results: page.records.map(listedEntry),
        ...(page.total === undefined ? {} : { total: page.total }),
        ...(page.older === undefined ? {} : { older: idOf(page.older) }),
        newer: idOf(page.newer),
        more: page.more,
      }
    },
  )

  app.get(
    '/export',
    {
      schema: {
        summary: 'Export audit records, oldest first',
        description:
          'CSV as in RFC 4180, where cells that a spreadsheet would take for a formula begin with an apostrophe; entries as JSON, one a line; or lines of RFC 5424 as the appliances log them. The first two end with a `proof` that the journal had the record, for `sallyport audit verify --against`',
        querystring: Type.Object(
          { format: Type.Enum(formatNames), ...Filter.properties },
          { additionalProperties: false },
        ),
        response: {
          200: { description: 'A record a line', content: contentOf(Type.String()) },
          ...errorAnswers,
        },
      },
      config: reads('export'),
    },
    async (request, reply) => {
      const { format, ...given } = request.query
      const { type, ending, header, line } = formats[format]
      const { pieces, done } = await auditTrail.export(filterOf(request, given), callerKeyOf(request))
      if (reply.raw.closed) done()
      else reply.raw.once('close', done)
      async function* lines() {
        if (header) yield header
        for await (const records of pieces)
          if (records.length > 0) {
            yield records.map((placed) => line(placed, auditHead.proofOf)).join('')
          }
      }
      const name = `sallyport-audit-${new Date(clock()).toISOString().slice(0, 19).replaceAll(':', '')}Z.${ending}`
      // Nothing is read ahead of a client that is slow.
      const stream = Readable.from(lines(), { highWaterMark: 1 })
      return reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(stream)
    },
  )

  app.get(
    '/:id',
    {
      schema: {
        summary: 'Read an audit record with all it holds',
        params: Type.Object({ id: EntryId }),
        response: { 200: Entry, ...errorAnswers },
      },
      config: reads('read'),
    },
    async (request) => {
      const { id } = request.params
      const surfaces = readableSurfaces(request)
      const position = positionOf(id)
      const record = await auditTrail.find(position)
      // Whose they are is told of no record that may not be read.
      if (!record || !surfaces.includes(record.surface ?? 'nsx')) {
        throw new AccessError('not_found', `There is no audit record ${id}`)
      }
      return wireEntry({ position, record: mayReadRelayReasons(request) ? record : withoutRelayReason(record) })
    },
  )
}

function contentOf(schema: object) {
  return Object.fromEntries(Object.values(formats).map(({ type }) => [type.split(';')[0] as string, { schema }]))
}
