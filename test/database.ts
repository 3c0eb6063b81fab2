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

/** An empty PostgreSQL database that goes when it is disposed of. */
export async function emptyPostgres(): Promise<AsyncDisposable & { url: string }> {
  if (!server) throw new Error('there is no PostgreSQL')
  const name = `t_${randomBytes(8).toString('hex')}`
  await query(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
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
