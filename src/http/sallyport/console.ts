import { randomBytes } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { RouteConfig } from '../request.ts'
import { sallyportFace } from './face.ts'

export const consolePath = '/console/'

/** Where the workspace `web` is built to. The bundle is elsewhere than the sources, in the same package. */
const built = join(findPackageJSON(import.meta.url) ?? '', '../web/dist')

const config: RouteConfig = {
  face: {
    ...sallyportFace,
    headers: {
      ...sallyportFace.headers,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    },
  },
  requires: 'nothing',
  unaudited: true,
}

/** Only what was built runs, and nothing becomes script or style that was text. @see DESIGN.md 4 */
const contentPolicy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types angular angular#bundler angular#unsafe-bypass',
  ].join('; ')

/** The web console. Its pages have addresses of their own, at all of which its one document is. */
export async function addConsole(app: FastifyInstance): Promise<void> {
  const files = new Set(globSync('**/*.{js,css,svg,txt}', { cwd: built }))
  const index = existsSync(join(built, 'index.html')) ? readFileSync(join(built, 'index.html'), 'utf8') : undefined

  await app.register(fastifyStatic, { root: built, serve: false, preCompressed: true })

  app.get<{ Params: { '*': string } }>(`${consolePath}*`, { schema: { hide: true }, config }, (request, reply) => {
    const name = request.params['*']
    // A name has a hash of what is in the file.
    if (files.has(name)) return reply.sendFile(name, { maxAge: '365d', immutable: true })
    // Files of an earlier build, whose document somebody still has open.
    if (/\.\w+$/.test(name)) return reply.code(404).type('text/plain').send('No such file; reload the page\n')
    return sendDocument(reply)
  })
  app.get('/console', { schema: { hide: true }, config }, (_request, reply) => sendDocument(reply))

  function sendDocument(reply: FastifyReply): FastifyReply {
    if (index === undefined) {
      return reply.code(503).type('text/plain').send('The console is not built. Build it with: npm run build -w web\n')
    }
    const nonce = randomBytes(16).toString('base64')
    return reply
      .header('content-security-policy', contentPolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(index.replaceAll('{{nonce}}', nonce))
  }
}
