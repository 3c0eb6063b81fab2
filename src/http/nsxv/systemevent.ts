import type { FastifyPluginAsync } from 'fastify'
import type { NsxvSystemEvent } from '../../access/nsxv/system-events.ts'
import { answer, nsxvOf } from './answer.ts'
import { document, Many, type Members } from './document.ts'
import { pageOf, pagingInfo } from './paging.ts'
import { lists } from './requirement.ts'

/** `/api/2.0/systemevent` @see nsxv-api.md 4 */
export const systemEventRoute: FastifyPluginAsync = async (app) => {
  app.get('/api/2.0/systemevent', { config: lists('system_events', 'any') }, async (request, reply) => {
    const page = pageOf(request.query)
    const { events, total } = await nsxvOf(request).systemEvents.page(page)
    return answer(
      request,
      reply,
      document('pagedSystemEventList', {
        dataPage: {
          pagingInfo: pagingInfo(page, total, 'eventId'),
          systemEvent: new Many(events.map(eventMembers), 'data'),
        },
      }),
    )
  })
}

function eventMembers({ id, at, severity, source, code, message, module, address }: NsxvSystemEvent): Members {
  return {
    eventId: id,
    timestamp: at,
    severity,
    eventSource: source,
    eventCode: code,
    message,
    module,
    objectId: '',
    reporterName: 'vShield Manager',
    reporterType: 1,
    sourceType: 4,
    displayName: 'vShield Manager',
    isResourceUniversal: false,
    eventSourceInfo: { eventSourceIP: address },
  }
}
