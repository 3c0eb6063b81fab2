import { statfs } from 'node:fs/promises'
import { availableParallelism, freemem, loadavg, totalmem, uptime } from 'node:os'
import type { FastifyPluginAsync } from 'fastify'
import { spelledDate } from '../../../access/nsxv/wall-time.ts'
import { answer, nsxvOf } from '../answer.ts'
import { document, type Members } from '../document.ts'
import { inferred } from '../inferred.ts'
import { contentTypes } from '../media.ts'
import { reads } from '../requirement.ts'

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`
const gibibytes = (bytes: number) => `${Math.round(bytes / 2 ** 30)}G`

/** `3 days, 4 hours, 5 minutes` */
function spelt(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 1440)} days, ${Math.floor(minutes / 60) % 24} hours, ${minutes % 60} minutes`
}

/** What the appliance runs on, which is what Sallyport runs on. @see nsxv-api.md 6 */
export const systemRoutes: FastifyPluginAsync = async (app) => {
  const config = reads('appliance_management')

  app.get('/summary/system', { config }, async (request, reply) => {
    const { configuration, time } = nsxvOf(request)
    const { hostname, address, nameServers } = configuration.read()
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
        cpuInfoDto: processors(),
        memInfoDto: memory(),
        storageInfoDto: await storage(app.services.config.dataDir),
        currentSystemDate: spelledDate(time.now(), time.timezone()),
      }),
    )
  })

  // Their roots are inferred.
  app.get('/system/cpuinfo', { config }, async (request, reply) =>
    answer(request, reply, document('cpuInfo', processors())),
  )
  app.get('/system/meminfo', { config }, async (request, reply) =>
    answer(request, reply, document('memInfo', memory())),
  )
  app.get('/system/storageinfo', { config }, async (request, reply) =>
    answer(request, reply, document('storageInfo', await storage(app.services.config.dataDir))),
  )

  app.get(
    '/system/uptime',
    { config: { ...config, nsxv: { ...config.nsxv!, produces: ['text', 'xml', 'json'] } } },
    async (_request, reply) => reply.type(contentTypes.text).send(spelt(uptime())),
  )
}

const percentage = (part: number, whole: number) => (whole === 0 ? 0 : Math.min(100, Math.round((100 * part) / whole)))

const processors = () => ({
  totalNoOfCPUs: availableParallelism(),
  usedPercentage: percentage(loadavg()[0]!, availableParallelism()),
})

function memory(): Members {
  const [total, free] = [totalmem(), freemem()]
  return {
    totalMemory: mebibytes(total),
    usedMemory: mebibytes(total - free),
    freeMemory: mebibytes(free),
    usedPercentage: percentage(total - free, total),
  }
}

/** Of the file system that Sallyport keeps its data on. */
async function storage(dataDir: string): Promise<Members> {
  const { bsize, blocks, bfree } = await statfs(dataDir)
  return {
    totalStorage: gibibytes(blocks * bsize),
    usedStorage: gibibytes((blocks - bfree) * bsize),
    freeStorage: gibibytes(bfree * bsize),
    usedPercentage: percentage(blocks - bfree, blocks),
  }
}
