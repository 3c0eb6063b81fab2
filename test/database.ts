import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface TestDatabase {
  kind: 'sqlite' | 'postgres'
  /** Why tests on it cannot run here. */
  skip: string | false
}

const server = process.env.SALLYPORT_TEST_POSTGRES

/** Every store and product test runs once for each of these. */
export const databases: readonly TestDatabase[] = [
  { kind: 'sqlite', skip: false },
  {
    kind: 'postgres',
    skip: server ? false : (process.env.SALLYPORT_TEST_POSTGRES_MISSING ?? 'started without test/run.ts'),
  },
]

/** Cheaper than what newer servers do by themselves, which is to write every page to their log as well; older ones know only this. */
const fileByFile = 'strategy file_copy'
let copying: Promise<string> | undefined

/**
 * A PostgreSQL database that goes when it is disposed of.
 *
 * @param template The one it is a copy of, which nobody has open; absent: it is empty.
 */
export async function emptyPostgres(template = 'template1'): Promise<AsyncDisposable & { name: string; url: string }> {
  if (!server) throw new Error('there is no PostgreSQL')
  const name = `t_${randomBytes(8).toString('hex')}`
  copying ??= query('show server_version_num').then(([row]) =>
    Number(row?.server_version_num) >= 150_000 ? fileByFile : '',
  )
  await query(`create database ${name} template ${template} ${await copying}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    name,
    url: url.href,
    async [Symbol.asyncDispose]() {
      await query(`drop database ${name} with (force)`)
    },
  }
}

async function query(text: string): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
