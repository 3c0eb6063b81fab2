import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { AuditRecord } from '../../src/audit/record.ts'
import { createAuditRecordStore } from '../../src/store/audit-records.ts'
import { openExistingDatabase } from '../../src/store/database.ts'
import type { Client } from '../client.ts'
import type { TestDatabase } from '../database.ts'
import { type Lab, openLab } from '../lab.ts'
import { type RecordingUpstream, reply } from '../servers/recording-upstream.ts'

export const sqlite: TestDatabase = { kind: 'sqlite', skip: false }
export const password = 'Zk7!vbQp2$wLm'

/** Where the relay shows that it is signed in. */
const session = [
  'set-cookie: JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path=/; Secure; HttpOnly',
  'x-xsrf-token: t-1',
]

/** Makes an upstream take the relay's sign-ins and answer everything else as it is told. */
export function withSessions(upstream: RecordingUpstream): RecordingUpstream {
  const { answer } = upstream
  upstream.answer = (request, socket) => {
    if (request.path === '/api/session/create') reply(socket, '', 'HTTP/1.1 200 OK', session)
    else if (request.path === '/api/session/destroy') reply(socket, '')
    else answer(request, socket)
  }
  return upstream
}

export interface RelayLab extends Lab {
  /** The config file. */
  configFile: string
}

/** A lab that relays, by default everything under /policy/api/v1/infra, to a recording upstream. */
export async function openRelayLab(
  upstream: { url: string; caFile: string },
  settings: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
  database = sqlite,
  logged?: (line: string) => void,
): Promise<RelayLab> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-relay-'))
  const configFile = join(dir, 'config.json')
  const one = {
    name: 'real',
    url: upstream.url,
    ca: upstream.caFile,
    paths: ['/policy/api/v1/infra', '/api/v1/firewall'],
    credential: { kind: 'basic', user: 'svc', password: 'upstream-secret' },
    connectTimeout: 0.4,
    answerTimeout: 0.5,
    bodyTimeout: 0.5,
    ...settings,
  }
  writeFileSync(configFile, JSON.stringify({ relay: { upstreams: [one], ...more } }))
  const lab = await openLab(database, { config: configFile }, undefined, undefined, undefined, logged).catch(
    (error) => {
      rmSync(dir, { recursive: true, force: true })
      throw error
    },
  )
  const dispose = lab[Symbol.asyncDispose].bind(lab)
  return Object.assign(lab, {
    configFile,
    async [Symbol.asyncDispose]() {
      await dispose()
      rmSync(dir, { recursive: true, force: true })
    },
  })
}

/** A user with one role. */
export async function userWith(lab: Lab, name: string, role: string): Promise<Client> {
  await lab.admin.post('/api/v1/node/users?action=create_user', { username: name, password })
  const { results } = (await lab.admin.get(`/api/v1/aaa/role-bindings?name=${name}`)).json
  await lab.admin.put(`/api/v1/aaa/role-bindings/${results[0].id}`, {
    name,
    type: 'local_user',
    roles_for_paths: [{ path: '/', roles: [{ role }] }],
  })
  return lab.a.as(name, password)
}

/** All records of relayed calls. */
export async function relayedRecords(lab: Lab): Promise<AuditRecord[]> {
  const db = await openExistingDatabase(lab.server.services.config.database)
  try {
    const rows = await createAuditRecordStore(db).after(1, 0, 100_000)
    return rows.map(({ record }) => JSON.parse(record)).filter(({ module }) => module === 'Relay')
  } finally {
    await db.destroy()
  }
}

/** Waits until something is so; a record of what nobody waits for comes a moment later. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    await setTimeout(10)
  }
  throw new Error('it never came')
}

export const logText = (lab: Lab) => readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8')

const command = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url))

/** `sallyport relay test` on the store of a lab that is served. */
export async function relayTest(lab: RelayLab, ...args: string[]) {
  const { database } = lab.server.services.config
  const store = ['--data-dir', lab.dataDir, '--config', lab.configFile]
  if (database.kind === 'postgres') store.push('--database-url', database.url)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_')))
  const child = spawn(process.execPath, [command, 'relay', 'test', ...args, ...store], { env })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}
