import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Answer, Client } from './client.ts'
import { databases, openLab } from './lab.ts'
import { routesOf } from './routes.ts'
import { signedIn } from './vcenter/clients.ts'

const sqlite = databases[0] ?? assert.fail('no database')

/** Calls whose second answer differs from the first: they end a session, begin a sign-in, show calls or show times. */
const different = /^\/api\/session\/|\/audit|systemevent$|\/overview$|\/sessions$|uptime$/

/** What HEAD must have in common with GET. */
const headOf = ({ status, headers }: Answer) => ({
  status,
  type: headers['content-type'],
  length: headers['content-length'],
  allow: headers.allow,
})

test('HEAD answers wherever GET does, with the same status and headers and without a body', sqlite, async () => {
  await using lab = await openLab(sqlite)
  const vcenter = (await signedIn(lab.a)).with({ check: () => undefined })
  const clients: Client[] = [
    lab.a.with({ check: () => undefined }),
    lab.admin.with({ check: () => undefined }),
    vcenter,
  ]
  const routes = await routesOf(lab)
  const paths = routes
    .filter(({ method, url }) => [method].flat().includes('GET') && !different.test(url))
    .map(({ url }) =>
      url
        .replace(/::/g, ':')
        .replace(/:userid/g, '10000')
        .replace(/:\w+|\*/g, 'none-such'),
    )
  assert.ok(paths.length > 150, `${paths.length} paths`)
  for (const client of clients) {
    for (const path of paths) {
      const get = await client.send('GET', path)
      const head = await client.send('HEAD', path)
      assert.deepEqual(headOf(head), headOf(get), path)
      assert.equal(head.text, '', path)
    }
  }
})

test('a path that has no GET has no HEAD, and a path that does not exist has neither', sqlite, async () => {
  await using lab = await openLab(sqlite)
  assert.equal((await lab.admin.send('HEAD', '/api/v1/administration/audit-logs')).status, 405)
  assert.equal((await lab.admin.send('HEAD', '/api/v1/none-such')).status, 404)
  assert.equal((await lab.a.send('HEAD', '/api/v1/node/users')).status, 403)
})

test('the audit record of a HEAD call says HEAD', sqlite, async () => {
  await using lab = await openLab(sqlite)
  assert.equal((await lab.admin.send('HEAD', '/api/v1/node/users')).status, 200)
  const { results } = (await lab.admin.post('/api/v1/administration/audit-logs', {})).json
  assert.match(JSON.stringify(results), /HEAD/)
  assert.match(readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'), /HEAD \/api\/v1\/node\/users/)
})
