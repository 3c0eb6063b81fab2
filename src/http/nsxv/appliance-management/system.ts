import { availableParallelism, freemem, loadavg, totalmem, uptime } from 'node:os'
import type { FastifyPluginAsync } from 'fastify'
import { answer, nsxvOf } from '../answer.ts'
import { document } from '../document.ts'
import { inferred } from '../inferred.ts'
import { contentTypes } from '../media.ts'
import { reads } from '../requirement.ts'

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`

/** `3 days, 4 hours, 5 minutes` */
function spelt(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 1440)} days, ${Math.floor(minutes / 60) % 24} hours, ${minutes % 60} minutes`
}

/** What the appliance runs on, which is what Sallyport runs on. @see nsxv-api.md 6 */
export const systemRoutes: FastifyPluginAsync = async (app) => {
  const config = reads('appliance_management')

  app.get('/summary/system', { config }, async (request, reply) => {
    const { hostname, address, nameServers } = nsxvOf(request).configuration.read()
    const used = totalmem() - freemem()
    return answer(
      request,
      reply,
      document('systemSummary', {
        ipv4Address: address?.split('/')[0] ?? app.services.addresses.https(request.manager.id).ipAddress,
        dnsName: nameServers[0] ?? '',
        hostName: hostname,
        applianceName: inferred.applianceName,
        versionInfo: inferred.version,
        uptime: spelt(uptime()),
        cpuInfoDto: { totalNoOfCPUs: availableParallelism(), usedPercentage: usedPercentage() },
        memInfoDto: {
          totalMemory: mebibytes(totalmem()),
          usedMemory: mebibytes(used),
          freeMemory: mebibytes(freemem()),
          usedPercentage: Math.round((100 * used) / totalmem()),
        },
        currentSystemDate: new Date(app.services.clock()).toUTCString(),
      }),
    )
  })

  app.get(
    '/system/uptime',
    { config: { ...config, nsxv: { ...config.nsxv!, produces: ['text', 'xml', 'json'] } } },
    async (_request, reply) => reply.type(contentTypes.text).send(spelt(uptime())),
  )
}

const usedPercentage = () => Math.min(100, Math.round((100 * loadavg()[0]!) / availableParallelism()))
