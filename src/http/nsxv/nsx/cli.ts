import type { FastifyPluginAsync } from 'fastify'
import type { ScopingObject } from '../../../access/nsxv/scoping-objects.ts'
import { nsxvOf } from '../answer.ts'
import { bodyFields, textOf } from '../body.ts'
import { contentTypes } from '../media.ts'
import { reads } from '../requirement.ts'

/** What the central command line can be asked here: the objects that are known, by their types. */
const lists: Record<string, { type: string; columns: [string, string] }> = {
  'show edge all': { type: 'Edge', columns: ['Edge ID', 'Name'] },
  'show logical-switch list all': { type: 'VirtualWire', columns: ['UUID', 'Name'] },
  'show datacenter all': { type: 'Datacenter', columns: ['Datacenter ID', 'Name'] },
}

/**
 * The central command line. From 6.2.3 on it answers plain text and nothing else.
 * @see nsxv-api.md 6
 */
export const centralCliRoute: FastifyPluginAsync = async (app) => {
  app.post(
    '/api/1.0/nsx/cli',
    {
      config: {
        ...reads('configuration'),
        action: 'execute',
        nsxv: { needs: { feature: 'configuration', permission: 'read' }, produces: ['text'], consumes: [] },
      },
    },
    async (request, reply) => {
      const command = textOf(bodyFields(request, 'nsxcli'), 'command').replace(/\s+/g, ' ')
      const list = Object.hasOwn(lists, command) ? lists[command] : undefined
      const objects = nsxvOf(request).objects.list()
      const text = list
        ? tableOf(
            objects.filter(({ type }) => type === list.type),
            list.columns,
          )
        : `% Invalid Command: it is one of\n${Object.keys(lists)
            .map((name) => `  ${name}\n`)
            .join('')}`
      return reply.type(contentTypes.text).send(text)
    },
  )
}

function tableOf(objects: readonly ScopingObject[], [id, name]: [string, string]): string {
  const width = Math.max(id.length, ...objects.map((object) => object.id.length)) + 4
  const rows = [{ id, name }, ...objects].map((row) => `${row.id.padEnd(width)}${row.name}\n`)
  return rows.join('')
}
