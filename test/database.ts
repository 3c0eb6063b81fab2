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

/**
 * A PostgreSQL database that goes when it is disposed of.
 *
 * @param template The one it is a copy of, which nobody has open; absent: it is empty.
 */
export async function emptyPostgres(template = 'template1'): Promise<AsyncDisposable & { name: string; url: string }> {
  if (!server) throw new Error('there is no PostgreSQL')
  const name = `t_${randomBytes(8).toString('hex')}`
  await query(`create database ${name} template ${template}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    name,
    url: url.href,
    [Symbol.asyncDispose]: () => query(`drop database ${name} with (force)`),
  }
}

async function query(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
