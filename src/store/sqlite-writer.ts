import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

export interface WriterQuestion {
  id: number
  sql: string
  parameters: readonly unknown[]
  /** In a transaction of its own; its `id` is told before that is committed, which is when it waits for the disk. */
  alone?: true
}

export interface WriterAnswer {
  id: number
  rows: unknown[]
  changes: number
  /** Why the statement failed. */
  error?: string
}

/**
 * The writing connection of an SQLite database, which lives in a thread of its own: a commit waits for the disk, and
 * requests must not wait with it. There is one connection; its users take turns.
 */
export function createSqliteWriter(file: string) {
  const driver = createDriver(file)
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
  return { dialect, commit: driver.commit }
}

interface Waiting {
  meanwhile: (() => void) | undefined
  resolve: (answer: WriterAnswer) => void
  reject: (error: Error) => void
}

function createDriver(file: string) {
  const waiting = new Map<number, Waiting>()
  let worker: Worker
  let broken: Error | undefined
  let asked = 0

  function fail(error: Error): void {
    broken = error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }

  async function ask({ sql, parameters }: CompiledQuery, meanwhile?: () => void): Promise<WriterAnswer> {
    if (broken) throw broken
    const answer = await new Promise<WriterAnswer>((resolve, reject) => {
      const question: WriterQuestion = { id: ++asked, sql, parameters }
      if (meanwhile) question.alone = true
      waiting.set(question.id, { meanwhile, resolve, reject })
      worker.postMessage(question)
    })
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }

  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await ask(query)
      return { rows: rows as R[], numAffectedRows: BigInt(changes) }
    },
    streamQuery() {
      throw new Error('the writing connection does not stream')
    },
  }
  const say = (text: string) => connection.executeQuery(CompiledQuery.raw(text)).then(() => {})

  const driver: Driver = {
    async init() {
      const compiled = getCompileCacheDir()
      worker = new Worker(new URL('./sqlite-writer-thread.ts', import.meta.url), {
        workerData: file,
        // What the main thread has compiled once, this one need not.
        env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: compiled },
        // It keeps nothing but statements.
        resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 },
      })
      worker.on('message', (answer: WriterAnswer | number) => {
        if (typeof answer === 'number') return waiting.get(answer)?.meanwhile?.()
        const asker = waiting.get(answer.id)
        waiting.delete(answer.id)
        asker?.resolve(answer)
      })
      worker.on('error', fail)
      worker.on('exit', () => fail(new Error('the writing thread has ended')))
    },
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: () => say('begin immediate'),
    commitTransaction: () => say('commit'),
    rollbackTransaction: () => say('rollback'),
    async destroy() {
      if (!worker || broken) return
      const ended = once(worker, 'exit')
      worker.postMessage('close')
      await ended
    },
  }
  return {
    ...driver,
    async commit(query: CompiledQuery, meanwhile: () => void): Promise<void> {
      await ask(query, meanwhile)
    },
  }
}
