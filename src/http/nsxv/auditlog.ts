import type { FastifyPluginAsync } from 'fastify'
import type { NsxvAuditEntry } from '../../access/nsxv/audit-log.ts'
import { answer, nsxvOf } from './answer.ts'
import { document, Many, type Members } from './document.ts'
import { pageOf, pagingInfo } from './paging.ts'
import { lists } from './requirement.ts'

/** `/api/2.0/auditlog` @see nsxv-api.md 4 */
export const auditLogRoute: FastifyPluginAsync = async (app) => {
  app.get('/api/2.0/auditlog', { config: lists('audit_logs', 'any') }, async (request, reply) => {
    const page = pageOf(request.query)
    const { entries, total } = await nsxvOf(request).auditLog.page(page)
    return answer(
      request,
      reply,
      document('pagedAuditLogList', {
        dataPage: {
          pagingInfo: pagingInfo(page, total, 'id'),
          auditLog: new Many(entries.map(entryMembers), 'data'),
        },
      }),
    )
  })
}

function entryMembers(entry: NsxvAuditEntry): Members {
  const { id, userName, module, operation, resource, resourceId, succeeded, at, oldValue, newValue } = entry
  return {
    id,
    userName,
    module,
    operation,
    resource,
    resourceId,
    status: succeeded ? 'SUCCESS' : 'FAILURE',
    timestamp: at,
    oldValue,
    newValue,
    isResourceUniversal: false,
  }
}
