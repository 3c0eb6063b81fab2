import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CompiledQuery, sql } from 'kysely'
import { pino } from 'pino'
import { loadNodeSettings } from '../src/access/nodes/node-settings.ts'
import { readConfig } from '../src/config.ts'
import { labSsoPassword } from '../src/lab.ts'
import { openServer } from '../src/serve.ts'
import {
  type DatabaseSettings,
  type Databases,
  openDatabase,
  openExistingDatabase,
  StoreError,
} from '../src/store/database.ts'
import { migrations } from '../src/store/migrations/index.ts'
import { exporterKeyPlace } from '../src/store/sealed-exporter-keys.ts'
import { openSecrets } from '../src/store/secrets.ts'
import { createStores } from '../src/store/stores.ts'
import { makeCertificate } from './certificates.ts'
import { emptyPostgres, type TestDatabase } from './database.ts'
import { corpSource, sources, vcenterSources } from './directories.ts'
import { databases, labPassword, openLab } from './lab.ts'
import { administrator } from './vcenter/clients.ts'

/** An empty data directory, and the database that goes with it. */
async function emptyStore(database: TestDatabase) {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
  const postgres = database.kind === 'postgres' ? await emptyPostgres() : undefined
  const settings: DatabaseSettings = postgres
    ? { kind: 'postgres', url: postgres.url, poolSize: 2 }
    : { kind: 'sqlite', dataDir }
  return {
    dataDir,
    settings,
    async [Symbol.asyncDispose]() {
      await postgres?.[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Starts a lab on a store, as another process would. */
function start(dataDir: string, settings: DatabaseSettings, log = pino({ level: 'silent' })) {
  const flags = settings.kind === 'postgres' ? { databaseUrl: settings.url } : {}
  return openServer(readConfig({ lab: true, dataDir, httpsPort: '0', sshPort: '0', ...flags }, {}), log)
}

/** Opens a store as a version did that did not know a migration yet, nor those after it. */
async function openOlder(settings: DatabaseSettings, unknown: string): Promise<Databases> {
  const later = Object.entries(migrations).filter(([name]) => name >= unknown)
  for (const [name] of later) delete migrations[name]
  try {
    return await openDatabase(settings)
  } finally {
    Object.assign(migrations, Object.fromEntries(later))
  }
}

async function propertyOf(settings: DatabaseSettings, name: string): Promise<string | undefined> {
  const db = await openExistingDatabase(settings)
  try {
    return await createStores(db).properties.find(name)
  } finally {
    await db.destroy()
  }
}

const databaseOf = ({ config }: { config: { database: DatabaseSettings } }) => config.database

test('SQLite keeps a write-ahead log and flushes it with every commit', async () => {
  await using store = await emptyStore(databases[0]!)
  const { write, close } = await openDatabase(store.settings)
  try {
    const pragma = async (name: string) => (await sql.raw<object>(`pragma ${name}`).execute(write)).rows
    assert.deepEqual(await pragma('journal_mode'), [{ journalMode: 'wal' }])
    assert.deepEqual(await pragma('synchronous'), [{ synchronous: 2 }])
    assert.deepEqual(await pragma('foreign_keys'), [{ foreignKeys: 1 }])
    assert.deepEqual(await pragma('integrity_check'), [{ integrityCheck: 'ok' }])
  } finally {
    await close()
  }
})

test('an SQLite file that cannot be used as it must be is refused by name', async () => {
  const spoilt: ((dataDir: string) => void)[] = [
    (dataDir) => mkdirSync(join(dataDir, 'sallyport.db')),
    (dataDir) => writeFileSync(join(dataDir, 'sallyport.db'), 'no database, but long enough to look at'.repeat(100)),
  ]
  for (const spoil of spoilt) {
    await using store = await emptyStore(databases[0]!)
    spoil(store.dataDir)
    const refusal = { name: 'StoreError', message: /^Cannot open .*sallyport\.db: ./ }
    await assert.rejects(start(store.dataDir, store.settings), refusal, String(spoil))
  }
})

test('the SQLite databases of one process do not notice one another', async () => {
  await using first = await emptyStore(databases[0]!)
  await using second = await emptyStore(databases[0]!)
  await using spoilt = await emptyStore(databases[0]!)
  mkdirSync(join(spoilt.dataDir, 'sallyport.db'))
  const [a, b] = await Promise.all([openDatabase(first.settings), openDatabase(second.settings)])
  await assert.rejects(openDatabase(spoilt.settings), StoreError)
  const values = async ({ read }: Databases) =>
    (await read.selectFrom('property').select('value').where('name', '=', 'it').execute()).map(({ value }) => value)
  const put = (value: string) => CompiledQuery.raw('insert into property (name, value) values (?, ?)', ['it', value])
  try {
    const transaction = await a.write.startTransaction().execute()
    await transaction.executeQuery(put('of the first'))
    let waited = 0
    await b.commit(put('of the second'), () => waited++)
    assert.equal(waited, 1)
    assert.deepEqual([await values(a), await values(b)], [[], ['of the second']])
    await assert.rejects(
      b.commit(put('again'), () => waited++),
      /UNIQUE/,
    )
    assert.equal(waited, 1)
    await transaction.commit().execute()
  } finally {
    await a.close()
  }
  await b.commit(CompiledQuery.raw("delete from property where name = 'it'"), () => {})
  assert.deepEqual(await values(b), [])
  await b.close()
  const again = await openDatabase(first.settings)
  assert.deepEqual(await values(again), ['of the first'])
  await again.close()
})

test('an empty store gets the same tables and columns on both databases', databases[1]!, async () => {
  const types: Record<string, string> = { int4: 'integer', int8: 'bigint' }
  const [sqlite, postgres] = await Promise.all(
    databases.map(async (database) => {
      await using store = await emptyStore(database)
      const { write, close } = await openDatabase(store.settings)
      const tables = await write.withoutPlugins().introspection.getTables()
      await close()
      const columns = tables.flatMap((table) =>
        table.columns.map(({ name, dataType, isNullable }) => {
          const type = types[dataType] ?? dataType.toLowerCase()
          return `${table.name}.${name} ${type}${isNullable ? '' : ' not null'}`
        }),
      )
      return columns.sort()
    }),
  )
  assert(sqlite!.length > 50)
  assert.deepEqual(postgres, sqlite)
})

for (const database of databases) {
  test(`${database.kind}: a store of a newer schema is refused, and says what to do`, database, async () => {
    await using store = await emptyStore(database)
    const { write, close } = await openDatabase(store.settings)
    await sql`insert into kysely_migration (name, timestamp) values ('999-from-the-future', '2100-01-01')`.execute(
      write,
    )
    await close()
    const refusal = { name: 'StoreError', message: /999-from-the-future.*up to \d{3}-.*newer Sallyport/s }
    await assert.rejects(openDatabase(store.settings), refusal)
    await assert.rejects(start(store.dataDir, store.settings), refusal)
    await assert.rejects(openExistingDatabase(store.settings), { name: 'StoreError', message: /schema/ })
  })

  test(
    `${database.kind}: vCenter begins with copies of the identity sources that an older store had for both`,
    database,
    async () => {
      await using store = await emptyStore(database)
      const first = await openOlder(store.settings, '010')
      const plain = first.write.withoutPlugins()
      const config = JSON.stringify({ type: 'OpenLdapIdentitySource', domainName: 'corp.example' })
      await sql`insert into ldap_identity_source (id, config, bind_passwords, revision, created_at, created_by, modified_at,
      modified_by) values ('corp', ${config}, '["sealed"]', 4, 1, 'admin', 2, 'admin')`.execute(plain)
      await first.close()
      const { write, close } = await openDatabase(store.settings)
      const stores = createStores(write)
      assert.deepEqual(await stores.vcenterIdentitySources.list(), await stores.ldapIdentitySources.list())
      assert.deepEqual(await stores.vcenterIdentitySources.bindPasswords('corp'), ['sealed'])
      assert.equal(await stores.properties.find('copied_identity_sources'), '["corp"]')
      await close()
    },
  )

  test(
    `${database.kind}: the first start says which identity sources vCenter has got copies of, in the log and on record`,
    database,
    async () => {
      await using lab = await openLab(database)
      const settings = databaseOf(lab.server.services)
      const config = corpSource({ url: 'ldap://127.0.0.1:9' })
      assert.equal((await lab.admin.put(`${sources}/corp`, config)).status, 200)
      await lab.server[Symbol.asyncDispose]()
      const { write, close } = await openDatabase(settings)
      // As the migration leaves it.
      const columns = sql`id, config, bind_passwords, revision, created_at, created_by, modified_at, modified_by`
      await sql`insert into vcenter_identity_source (${columns}) select ${columns} from ldap_identity_source`.execute(
        write,
      )
      await createStores(write).properties.insert('copied_identity_sources', '["ad","corp"]')
      await close()
      const lines: string[] = []
      const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
      const told = () =>
        lines.filter((line) => line.includes('identity sources of its own')).map((line) => JSON.parse(line))
      for (const _ of ['the first start', 'the second']) {
        const server = await start(lab.dataDir, settings, log)
        await server[Symbol.asyncDispose]()
      }
      assert.equal(told().length, 1)
      assert.match(told()[0].msg, /: ad, corp were copied from those of NSX Manager/)
      await lab.restart()
      const of = 'operation=identity-sources.copied-from-nsx'
      const admin = lab.a.as(administrator, labSsoPassword)
      const { results } = (await admin.get(`/sallyport/v1/audit?${of}`)).json
      assert.equal(results.length, 1)
      const { user, surface, entity, changes } = results[0]
      assert.deepEqual([user, surface, entity, changes], ['sallyport', 'vcenter', 'ad, corp', true])
      // The bind password is there: who changes something else need not give it again.
      const ldap_servers = config.ldap_servers.map(({ password: _, ...server }) => server)
      const again = await admin.put(`${vcenterSources}/corp`, { ...config, ldap_servers, _revision: 0 })
      assert.equal(again.status, 200, again.text)
    },
  )

  test(
    `${database.kind}: what an older store may have is told by its migration, and a new store has none of it`,
    database,
    async () => {
      await using store = await emptyStore(database)
      const older = await openOlder(store.settings, '011')
      await createStores(older.write).properties.insert('cluster_id', 'one')
      await older.close()
      const { write, close } = await openDatabase(store.settings)
      assert.equal(await createStores(write).properties.find('unsealed_exporter_keys'), 'true')
      await close()
      await using fresh = await openLab(database)
      assert.equal(await propertyOf(databaseOf(fresh.server.services), 'unsealed_exporter_keys'), undefined)
    },
  )

  test(`${database.kind}: the cli timeout of an earlier version stays what it was`, database, async () => {
    await using store = await emptyStore(database)
    const older = await openOlder(store.settings, '018')
    await createStores(older.write).properties.insert('cli_timeout one', '300')
    await older.close()
    const { write, close } = await openDatabase(store.settings)
    const nodeSettings = await loadNodeSettings(createStores(write), ['one', 'two'])
    await close()
    assert.equal(nodeSettings.read('one').cliTimeout, 300)
    assert.equal(nodeSettings.read('two').cliTimeout, 600)
  })

  test(
    `${database.kind}: private keys of exporters that lie there in clear are sealed, and no page keeps one`,
    database,
    async () => {
      await using lab = await openLab(database)
      const settings = databaseOf(lab.server.services)
      const { cert, key } = await makeCertificate('collector', { kind: 'RSA 2048' })
      const clear = (of: string) => of.split('\n')[2] as string
      const { key: gone } = await makeCertificate('another', { kind: 'RSA 2048' })
      await lab.server[Symbol.asyncDispose]()
      const { write, close } = await openDatabase(settings)
      const row = {
        ...{ applianceId: lab.managerIds[0], level: 'INFO', facilities: '[]', msgids: '[]', structuredData: '[]' },
        ...{ protocol: 'TLS', server: '127.0.0.1', port: 1, tlsCa: null, tlsCert: cert, tlsClientCa: null },
      }
      const stores = createStores(write)
      await stores.syslogExporters.insert({ ...row, id: 'a', name: 'kept', tlsKey: key })
      await stores.syslogExporters.insert({ ...row, id: 'b', name: 'gone', tlsKey: gone })
      await stores.syslogExporters.remove('b')
      await stores.properties.insert('unsealed_exporter_keys', 'true')
      await close()
      const server = await start(lab.dataDir, settings)
      const db = await openExistingDatabase(settings)
      const [sealed] = await createStores(db).syslogExporters.listWithKeys()
      await db.destroy()
      assert.equal(openSecrets(lab.dataDir).open(sealed?.tlsKey ?? '', exporterKeyPlace('a')), key)
      assert.equal(await propertyOf(settings, 'unsealed_exporter_keys'), undefined)
      const bytes = readdirSync(lab.dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      for (const text of [clear(key), clear(gone)]) assert(!bytes.some((file) => file.includes(text)))
      await server[Symbol.asyncDispose]()
    },
  )

  test(
    `${database.kind}: custom roles of an older store keep what they gave, under the vendor's ids`,
    database,
    async () => {
      await using store = await emptyStore(database)
      const first = await openOlder(store.settings, '014')
      // As the version before 014-vendor-features had written it.
      const permissions = JSON.stringify({
        policy_segment: 'crud',
        policy_tier1: 'read',
        policy_static_routes: 'crud',
        policy_ids: 'read',
        system_roles: 'read',
      })
      const plain = first.write.withoutPlugins()
      await sql`insert into custom_role (id, display_name, description, permissions, tags, revision, created_at, created_by,
      modified_at, modified_by) values ('old', 'Old', '', ${permissions}, '[]', 3, 1, 'admin', 2, 'admin')`.execute(
        plain,
      )
      await first.close()
      const { write, close } = await openDatabase(store.settings)
      const role = await write.selectFrom('customRole').selectAll().where('id', '=', 'old').executeTakeFirstOrThrow()
      await close()
      assert.equal(role.revision, 3)
      assert.deepEqual(JSON.parse(role.permissions), {
        policy_segment: 'crud',
        policy_t1: 'read',
        policy_common_ids: 'read',
        policy_gfw_ids_mps: 'read',
        users_custom_role: 'read',
      })
    },
  )

  test(`${database.kind}: a store in use is refused to everybody else until it is let go`, database, async () => {
    await using lab = await openLab(database)
    const settings = databaseOf(lab.server.services)
    await assert.rejects(start(lab.dataDir, settings), { name: 'StoreError', message: /in use by another Sallyport/ })
    if (database.kind === 'postgres') {
      await using other = await emptyStore(databases[0]!)
      const refusal = { name: 'StoreError', message: /Another Sallyport process has this PostgreSQL database open/ }
      await assert.rejects(start(other.dataDir, settings), refusal)
    }
    assert.equal((await lab.admin.get('/api/v1/node/version')).status, 200)
    await lab.restart()
    assert.equal((await lab.admin.get('/api/v1/node/version')).status, 200)
  })

  test(
    `${database.kind}: what is refused within a group of changes leaves nothing, and the others stay`,
    database,
    async () => {
      await using lab = await openLab(database)
      const users = '/api/v1/node/users'
      const names = ['one', 'two', 'ONE', 'One', 'three', 'two', 'one', 'TWO']
      const answers = await Promise.all(
        names.map((username) => lab.admin.post(`${users}?action=create_user`, { username })),
      )
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 201, 409, 409, 201, 409, 409, 409],
      )
      const made = (await lab.admin.get(users)).json.results.slice(5)
      assert.deepEqual(
        made.map(({ username, userid }: { username: string; userid: number }) => [userid, username]),
        [
          [10_005, 'one'],
          [10_006, 'two'],
          [10_007, 'three'],
        ],
      )
    },
  )

  test(`${database.kind}: a restart keeps everything`, database, async () => {
    await using lab = await openLab(database)
    const { managerIds, edgeIds } = lab
    const password = 'Kept!Over-Restarts-12'
    const key = {
      label: 'kept',
      type: 'ssh-ed25519',
      value: 'AAAAC3NzaC1lZDI1NTE5AAAAIN3Qz8Jq5G0l2O0o0mWc9d4pRrYb1m5h0b3Xl9u6m0aX',
    }
    const { headers: session } = (await lab.a.signIn('admin', labPassword)).answer
    const users = '/api/v1/node/users'
    const edge = `/api/v1/transport-nodes/${edgeIds[0]}/node`
    const bindings = '/policy/api/v1/aaa/role-bindings'
    const apiService = '/api/v1/cluster/api-service'
    const binding = (await lab.admin.get(`${bindings}?name=guestuser1`)).json.results[0]
    const changed = [
      await lab.admin.put('/api/v1/node/aaa/auth-policy', { api_max_auth_failures: 2, digits: -2 }),
      await lab.admin.put(`${edge}/aaa/auth-policy`, { minimum_password_length: 20 }),
      await lab.admin.post(`${users}?action=create_user`, {
        username: 'kept',
        full_name: 'Kept "é" \u{1f511}',
        password,
      }),
      await lab.admin.put(`${users}/10004`, { username: 'renamed', password_change_frequency: 0 }),
      await lab.admin.delete(`${users}/10002`),
      await lab.admin.post(`${users}/10005/ssh-keys?action=add_ssh_key`, key),
      await lab.admin.put(`${bindings}/${binding.id}`, {
        ...binding,
        roles_for_paths: [{ path: '/', roles: [{ role: 'network_engineer' }] }],
      }),
      await lab.admin.put(apiService, { ...(await lab.admin.get(apiService)).json, session_timeout: 7200 }),
      await lab.admin.patch('/policy/api/v1/infra/tier-1s/kept', { description: 'kept' }),
      await lab.admin.put('/policy/api/v1/infra/segments/kept', { connectivity_path: '/infra/tier-1s/kept' }),
      await lab.admin.delete('/policy/api/v1/infra/segments/seg1'),
    ]
    for (const { status, text } of changed) assert(status < 300, text)
    const wrong = lab.a.from('127.0.0.5').as('kept', 'wrong')
    for (const _ of [1, 2]) assert.equal((await wrong.get('/api/v1/node')).status, 403)

    const paths = [
      '/api/v1/node/version',
      '/api/v1/node/aaa/auth-policy',
      `${edge}/aaa/auth-policy`,
      `${users}?internal=true`,
      `${edge}/users`,
      `${users}/10005/ssh-keys`,
      bindings,
      apiService,
      '/api/v1/transport-nodes',
      '/policy/api/v1/infra/segments',
      '/policy/api/v1/infra/tier-1s',
    ]
    const read = () => Promise.all(paths.map(async (path) => (await lab.admin.get(path)).text))
    const before = await read()
    await lab.restart()
    assert.deepEqual([lab.managerIds, lab.edgeIds], [managerIds, edgeIds])
    assert.deepEqual(await read(), before)

    const [cookie = ''] = session['set-cookie'] ?? []
    const resumed = lab.a.with({ headers: { cookie, 'x-xsrf-token': String(session['x-xsrf-token']) } })
    assert.equal((await resumed.get('/api/v1/node')).status, 200)
    assert.equal((await lab.a.as('kept', password).get('/api/v1/node')).status, 200)
    assert.equal((await lab.a.from('127.0.0.5').as('kept', password).get('/api/v1/node')).status, 403)
    const logs = await lab.admin.post('/api/v1/administration/audit-logs', { log_filter: 'action=create_user' })
    assert.equal(logs.json.result_count, 1)
  })
}
