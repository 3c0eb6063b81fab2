import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RouteOptions } from 'fastify'
import { nsxvFace } from '../src/http/nsxv/face.ts'
import { soapFace } from '../src/http/vcenter/sdk/face.ts'
import { labSsoPassword } from '../src/lab.ts'
import { createAuditRecordStore } from '../src/store/audit-records.ts'
import { openExistingDatabase } from '../src/store/database.ts'
import { databases, type Lab, labPassword, openLab } from './lab.ts'
import { routesOf } from './routes.ts'
import { noOpenSsh, OpenSsh } from './servers/openssh.ts'
import { administrator } from './vcenter/clients.ts'

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  writeOnly?: boolean
}

/** Texts that stand for secrets, and where each was put. No two are the same. */
class Canaries {
  readonly places = new Map<string, { place: string; plain: boolean }>()

  /** @param plain Whether a declared field that is no secret has it, and so may show it. */
  put(place: string, plain = false): string {
    const canary = `kx9${randomBytes(9).toString('hex')}`
    this.places.set(canary, { place, plain })
    return canary
  }

  /** Where those were put that a text shows and may not. */
  leaked(text: string): string[] {
    const found = new Set(text.match(/kx9[0-9a-f]{18}/g) ?? [])
    return [...found].flatMap((canary) => {
      const { place, plain } = this.places.get(canary) ?? { place: 'nowhere', plain: false }
      return plain ? [] : [place]
    })
  }
}

const isSecret = (name: string) => /password|secret|token|private|key_pem|^code$|^state$/i.test(name)

/** A value of a schema in which every text is a canary. */
function filled(schema: Schema, place: string, canaries: Canaries, secret = false): unknown {
  const hidden = secret || schema.writeOnly === true
  const inner = schema.anyOf?.find(({ type }) => type === 'string') ?? schema.anyOf?.[0]
  if (inner) return filled(inner, place, canaries, hidden)
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([name, of]): [string, unknown] => [
      name,
      filled(of, `${place}.${name}`, canaries, hidden || isSecret(name)),
    ])
    const wrong = Object.keys(schema.properties).slice(0, 3)
    return Object.fromEntries([
      ...fields,
      ...wrong.map((name) => [`${name.slice(0, -1)}x`, canaries.put(`${place}.${name} misspelt`)]),
      ['apiKey', { deep: [canaries.put(`${place} nested`)] }],
      [canaries.put(`${place} as a name`), 1],
    ])
  }
  if (schema.type === 'array') return [filled(schema.items ?? {}, `${place}[]`, canaries, hidden)]
  // Where a number is declared, a text is nothing that was declared.
  const declared = schema.type === 'string' && !hidden
  return canaries.put(place, declared)
}

const urlOf = (url: string) => url.replace(/:userid/g, '99999').replace(/:\w+|\*/g, 'none-such')

/** Asks every route in every wrong way that its schema suggests, as somebody who may do everything. */
async function askAll(lab: Lab, canaries: Canaries): Promise<number> {
  let asked = 0
  const users = [lab.admin, lab.a.as(administrator, labSsoPassword)]
  const routes = (await routesOf(lab)).filter(
    ({ config, url }) => !config?.unaudited && !/session\/destroy|\/restart|action=(re|stop)/.test(url),
  )
  const ask = async (route: RouteOptions, method: string, rest: string, body?: string, type = 'application/json') => {
    const { config } = route
    const inNsx = config?.face === undefined || config.face === nsxvFace
    const client = users[inNsx ? 0 : 1] as (typeof users)[0]
    const place = `${method} ${route.url}`
    await client.send(method, urlOf(route.url) + rest, body, {
      ...(body === undefined ? {} : { 'content-type': type }),
      'user-agent': `curl/8 (api_key=${canaries.put(`${place} user agent`)})`,
      'x-nsx-ereqid': `Bearer ${canaries.put(`${place} request id`)}`,
      'x-api-key': canaries.put(`${place} key header`),
      cookie: `JSESSIONID=${canaries.put(`${place} cookie`)}`,
      referer: `https://x/?password=${canaries.put(`${place} referer`)}`,
    })
    asked++
  }
  for (const route of routes) {
    for (const method of [route.method].flat()) {
      if (method === 'HEAD' || method === 'OPTIONS') continue
      const place = `${method} ${route.url}`
      const action = route.config?.action === undefined ? '' : `action=${route.config.action}&`
      const query =
        `?${action}api_key=${canaries.put(`${place} ?api_key`)}&passwrod=${canaries.put(`${place} ?passwrod`)}` +
        `&${canaries.put(`${place} ?name`)}=1;token=${canaries.put(`${place} ?token`)}&code=${canaries.put(`${place} ?code`)}`
      await ask(route, method, query)
      if (method === 'GET' || method === 'DELETE') continue
      const plainAction = action === '' ? '' : `?${action.slice(0, -1)}`
      const send = (body: string, type?: string) => ask(route, method, plainAction, body, type)
      const xml = (inside: string) => `<a>${inside}</a>`
      if (route.config?.face === nsxvFace || route.config?.face === soapFace) {
        const names = ['password', 'passwrod', 'apiKey', 'token'].map(
          (name) => `<${name}>${canaries.put(`${place} <${name}>`)}</${name}>`,
        )
        await send(
          xml(`${names.join('')}<deep><inner>${canaries.put(`${place} <deep>`)}</inner></deep>`),
          'application/xml',
        )
        await send(xml(`<${canaries.put(`${place} <name>`)}/>`), 'application/xml')
        await send(`<a><password>${canaries.put(`${place} broken XML`)}`, 'application/xml')
      }
      const schema = (route.schema?.body ?? { properties: {} }) as Schema
      await send(JSON.stringify(filled(schema, place, canaries)))
      await send(JSON.stringify([{ password: canaries.put(`${place} in a list`) }, canaries.put(`${place} list item`)]))
      await send(JSON.stringify(canaries.put(`${place} a plain text`)))
      await send(`{"password": "${canaries.put(`${place} broken JSON`)}`)
      const form = `j_username=x&password=${canaries.put(`${place} form`)}&j_password=${canaries.put(`${place} j_password`)}`
      await send(form, 'application/x-www-form-urlencoded')
    }
  }
  return asked
}

/** Everything that the server has written, by where. */
async function written(lab: Lab): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const entry of readdirSync(lab.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    texts.set(file.slice(lab.dataDir.length + 1), readFileSync(file, 'latin1'))
  }
  const db = await openExistingDatabase(lab.server.services.config.database)
  const records = createAuditRecordStore(db)
  for (const { id } of await records.journals()) {
    const last = (await records.last(id))?.seq ?? 0
    const all = await records.around(id, 1, last)
    texts.set(`journal ${id}`, JSON.stringify(all))
  }
  await db.destroy()
  return texts
}

for (const database of databases) {
  test(
    `${database.kind}: no secret in any place of any call is in the journal, the logs, the export or any file`,
    database,
    async () => {
      const canaries = new Canaries()
      let exported = ''
      const collector = createSocket('udp4').on('message', (line) => {
        exported += line.toString()
      })
      await new Promise<void>((resolve) => collector.bind(0, '127.0.0.1', resolve))
      const ssh = new OpenSsh()
      let log = ''
      const lab = await openLab(database, {}, undefined, undefined, undefined, (line) => {
        log += line
      })
      try {
        const { port } = collector.address() as AddressInfo
        const exporter = { exporter_name: 'siem', level: 'INFO', protocol: 'UDP', server: '127.0.0.1', port }
        const made = await lab.admin.post('/api/v1/node/services/syslog/exporters', exporter)
        assert.equal(made.status, 201, made.text)
        const asked = await askAll(lab, canaries)
        assert.ok(asked > 1000, `${asked} calls`)

        for (const path of [
          '/nowhere',
          '/api/v1/nowhere',
          '/rest/nowhere',
          '/api/2.0/nowhere',
          '/sallyport/v1/nowhere',
        ]) {
          for (const method of ['GET', 'POST', 'PUT']) {
            const body = JSON.stringify({ password: canaries.put(`${path} body`), [canaries.put(`${path} name`)]: 1 })
            const query = `?key=${canaries.put(`${path} query`)}`
            await lab.admin.send(method, path + query, method === 'GET' ? undefined : body)
          }
        }
        for (const path of ['/api/session', '/rest/com/vmware/cis/session', '/api/v1/cluster']) {
          await lab.a.as('admin', canaries.put(`password of ${path}`)).send('POST', path)
        }
        await lab.a.signIn('admin', canaries.put('password of the form'))
        await lab.a.send('GET', `https://admin:${canaries.put('userinfo')}@localhost/api/v1/cluster`)

        // What is taken lies in the database, where it was put, and nowhere else.
        const open = { passwrod: canaries.put('an open part of a segment') }
        const segment = { subnets: [{ gateway_address: '10.9.0.1/24', dhcp_config: open }], l2_extension: open }
        const taken = await lab.admin.put('/policy/api/v1/infra/segments/canary', segment)
        assert.equal(taken.status, 200, taken.text)

        if (!noOpenSsh) {
          const address = lab.server.ready.managers[0]?.ssh as string
          const admin = { user: 'admin', password: labPassword }
          const lines = [
            `set user admin password ${canaries.put('console password')}`,
            `set usr admin passwrod ${canaries.put('console, misspelt')}`,
            `set user audit password ${canaries.put('console password twice')} old-password ${canaries.put('console old')}`,
            canaries.put('console, alone'),
          ]
          for (const command of lines) await ssh.run(address, { ...admin, command })
          await ssh.run(address, { user: 'admin', password: canaries.put('SSH password'), command: 'get version' })
        }
        const texts = await written(lab)
        texts.set('log', log).set('syslog', exported)
        assert.ok(exported.includes('audit="true"') && [...texts.keys()].some((name) => name.startsWith('journal ')))
        const leaks = [...texts]
          .flatMap(([where, text]) => canaries.leaked(text).map((place) => `${where}: ${place}`))
          .filter((leak) => !/^sallyport\.db.*: an open part of a segment$/.test(leak))
        assert.deepEqual([leaks.length, leaks.slice(0, 20)], [0, []])
      } finally {
        await lab[Symbol.asyncDispose]()
        await ssh[Symbol.asyncDispose]()
        collector.close()
      }
    },
  )
}
