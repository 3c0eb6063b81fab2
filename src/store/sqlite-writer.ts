import { getCompileCacheDir } from 'node:module'
import { extname } from 'node:path'
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

/** What is asked of the writing connection of one database. */
export type WriterTask =
  | { kind: 'open'; file: string }
  | {
      kind: 'execute'
      sql: string
      parameters: readonly unknown[]
      /** In a transaction of its own; its `id` is told before that is committed, which is when it waits for the disk. */
      alone: boolean
    }
  | {
      /** As `execute`, and nobody waits for it: what goes wrong fails the tasks that follow, up to a rollback. */
      kind: 'ahead'
      sql: string
    }
  | { kind: 'close' }

export interface WriterQuestion {
  /** 0: it is not answered. */
  id: number
  /** The number of the database, which whoever opens it gives. */
  database: number
  task: WriterTask
}

export interface WriterAnswer {
  id: number
  rows: unknown[]
  changes: number
  /** Why the task failed. */
  error?: string
}

export interface WriterData {
  /** How many questions there have been; the thread waits for the next one. */
  asked: Int32Array<SharedArrayBuffer>
}

interface Waiting {
  meanwhile: (() => void) | undefined
  resolve: (answer: WriterAnswer) => void
  reject: (error: Error) => void
}

/**
 * The thread that has the writing connections of a process: a commit waits for the disk, and requests must not wait with
 * it. It starts with the first database and stays, for whoever opens the next.
 */
function startThread() {
  const waiting = new Map<number, Waiting>()
  let broken: Error | undefined
  const asked = new Int32Array(new SharedArrayBuffer(4))
  let lastId = 0

  const compiled = getCompileCacheDir()
  // It is beside this file, in the sources and in the bundle.
  const worker = new Worker(new URL(`./sqlite-writer-thread${extname(import.meta.url)}`, import.meta.url), {
    // What the main thread has compiled once, this one need not.
    env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: compiled },
    workerData: { asked } satisfies WriterData,
    // It keeps nothing but statements.
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 },
  })
  worker.on('message', (answer: WriterAnswer | number) => {
    if (typeof answer === 'number') return waiting.get(answer)?.meanwhile?.()
    const asker = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (waiting.size === 0) worker.unref()
    asker?.resolve(answer)
  })
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the writing thread has ended')))
  // Nobody need wait for it to end but those who wait for an answer. To listen to it is to wait.
  worker.unref()

  function fail(error: Error): void {
    broken ??= error
    if (thread === ours) thread = undefined
    for (const { reject } of waiting.values()) reject(broken)
    waiting.clear()
  }

  function post(question: WriterQuestion): void {
    worker.postMessage(question)
    Atomics.add(asked, 0, 1)
    Atomics.notify(asked, 0)
  }

  const ours = {
    get broken() {
      return broken !== undefined
    },
    /** Has a task done before the next, without waiting for it. */
    tell(database: number, task: WriterTask): void {
      if (broken) throw broken
      post({ id: 0, database, task })
    },
    /** @param meanwhile Runs when all is done but for the disk. */
    async ask(database: number, task: WriterTask, meanwhile?: () => void): Promise<WriterAnswer> {
      if (broken) throw broken
      const answer = await new Promise<WriterAnswer>((resolve, reject) => {
        const id = ++lastId
        if (waiting.size === 0) worker.ref()
        waiting.set(id, { meanwhile, resolve, reject })
        post({ id, database, task })
      })
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer
    },
  }
  return ours
}

let thread: ReturnType<typeof startThread> | undefined
let databases = 0

function runningThread() {
  thread ??= startThread()
  return thread
}

/** Starts the writing thread for a database that is opened soon: it takes as long as loading the server, beside that. */
export function startSqliteWriter(): void {
  runningThread()
}

/**
 * Statements that say where a part of a transaction begins or ends. To wait for each costs a round of the event loop,
 * which is long when others are busy, and everybody whose record is written waits with it.
 */
const ahead = /^(begin|savepoint|release) /

/** The writing connection of an SQLite database, in the writing thread. There is one; its users take turns. */
export function createSqliteWriter(file: string) {
  const database = ++databases
  let opened: ReturnType<typeof startThread> | undefined

  function running() {
    if (!opened) throw new Error(`${file} is not open`)
    return opened
  }

  const ask = (task: WriterTask, meanwhile?: () => void): Promise<WriterAnswer> =>
    running().ask(database, task, meanwhile)

  const connection: DatabaseConnection = {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      if (ahead.test(sql)) {
        running().tell(database, { kind: 'ahead', sql })
        return { rows: [] }
      }
      const { rows, changes } = await ask({ kind: 'execute', sql, parameters, alone: false })
      return { rows: rows as R[], numAffectedRows: BigInt(changes) }
    },
    streamQuery() {
      throw new Error('the writing connection does not stream')
    },
  }
  const say = async (text: string) => void (await connection.executeQuery(CompiledQuery.raw(text)))

  const driver: Driver = {
    async init() {
      // While it opens the file it may end, and another begin.
      const thread = runningThread()
      await thread.ask(database, { kind: 'open', file })
      opened = thread
    },
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: () => say('begin immediate'),
    commitTransaction: () => say('commit'),
    rollbackTransaction: () => say('rollback'),
    async destroy() {
      if (opened && !opened.broken) await ask({ kind: 'close' })
      opened = undefined
    },
  }
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
  return {
    dialect,
    /** Commits one statement, in a transaction of its own. @param meanwhile Runs while the disk is waited for. */
    async commit({ sql, parameters }: CompiledQuery, meanwhile: () => void): Promise<void> {
      await ask({ kind: 'execute', sql, parameters, alone: true }, meanwhile)
    },
  }
}
