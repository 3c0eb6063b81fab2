import { isIP } from 'node:net'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { isHostname } from '../../../access/nsxv/configuration.ts'
import type { SyslogExporter } from '../../../audit/syslog-export/exporter.ts'
import { answer, answerChange } from '../answer.ts'
import { bodyFields, type Fields, integerOf, invalidValue, optionalTextOf, textOf } from '../body.ts'
import { document } from '../document.ts'
import { inferred } from '../inferred.ts'
import { managesAppliance, reads, writes } from '../requirement.ts'

/**
 * `/api/1.0/appliance-management/system/syslogserver`: the one collector that the appliance's log goes to. It is the
 * exporter of the appliance, with the machinery that NSX Manager's have.
 *
 * @see nsxv-api.md 6; bodies as the API's RAML has them.
 */
export const syslogRoutes: FastifyPluginAsync = async (app) => {
  const url = '/system/syslogserver'
  const { syslogExporters } = app.services

  app.get(url, { config: reads('appliance_management') }, async (request, reply) => {
    const [exporter] = await syslogExporters.list(applianceId(request))
    const { server: syslogServer, port, protocol } = exporter ?? {}
    return answer(request, reply, document('syslogserver', { syslogServer, port, protocol }))
  })

  app.put(
    url,
    {
      config: writes(managesAppliance, 'SYSLOG_SERVER_CONFIG', 'UPDATE', {
        takes: ['syslogserver', 'syslogServer', 'port', 'protocol'],
      }),
    },
    async (request, reply) => {
      const exporter = { ...exporterOf(bodyFields(request, 'syslogserver')), applianceId: applianceId(request) }
      return answerChange(request, reply, (call) => syslogExporters.put(call, exporter))
    },
  )

  app.delete(url, { config: writes(managesAppliance, 'SYSLOG_SERVER_CONFIG', 'DELETE') }, async (request, reply) =>
    answerChange(request, reply, (call) => syslogExporters.removeAll(call, applianceId(request))),
  )
}

function applianceId({ server }: FastifyRequest): string {
  const { nsxv } = server.services.appliances
  if (!nsxv) throw new Error('a call that came in without an NSX Manager')
  return nsxv.id
}

/** @throws {AccessError} `invalid_field` */
function exporterOf(fields: Fields): Omit<SyslogExporter, 'id' | 'applianceId'> {
  const server = textOf(fields, 'syslogServer')
  if (isIP(server) === 0 && !isHostname(server)) {
    throw invalidValue('syslogServer', server, 'a host name or an IP address')
  }
  const port = optionalPort(fields)
  const protocol = (optionalTextOf(fields, 'protocol') ?? 'UDP').toUpperCase()
  if (protocol !== 'UDP' && protocol !== 'TCP') throw invalidValue('protocol', protocol, 'UDP or TCP')
  return { ...inferred.syslogServer, server, port, protocol, facilities: [], msgids: [], structuredData: [] }
}

/** @throws {AccessError} `invalid_field` */
function optionalPort(fields: Fields): number {
  if (fields.port === undefined || fields.port === '') return 514
  const port = integerOf(fields, 'port')
  if (port < 1 || port > 65_535) throw invalidValue('port', port, 'from 1 to 65535')
  return port
}
