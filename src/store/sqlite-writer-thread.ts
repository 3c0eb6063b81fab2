import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'
import type { WriterAnswer, WriterData, WriterQuestion, WriterTask } from './sqlite-writer.ts'

/** The thread that has the writing connections of a process: it waits for the disk, nobody else does. */
if (!parentPort) throw new Error('this is a worker thread')
const port = parentPort
const { asked }: WriterData = workerData
const connections = new Map<number, Connection>()

type Connection = ReturnType<typeof open>
type Done = Omit<WriterAnswer, 'id'>

const settings = [
  // Groups of audit records fill several small pages; fewer and larger ones cost less.
  'page_size = 8192',
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'wal_autocheckpoint = 2000',
]
const mostStatements = 500
const nothing: Done = { rows: [], changes: 0 }

function open(file: string) {
  const database = new Sqlite(file)
  try {
    for (const setting of settings) database.pragma(setting)
  } catch (error) {
    database.close()
    throw error
  }
  const statements = new Map<string, Sqlite.Statement>()
  /** Why a statement failed that nobody waited for: what follows would not be in the transaction it is meant for. */
  let failed: Error | undefined

  function prepare(sql: string): Sqlite.Statement {
    let statement = statements.get(sql)
    if (!statement) {
      statement = database.prepare(sql)
      if (statements.size >= mostStatements) statements.clear()
      statements.set(sql, statement)
    }
    return statement
  }

  return {
    ahead(sql: string): Done {
      try {
        if (!failed) prepare(sql).run()
      } catch (error) {
        failed = error as Error
      }
      return nothing
    },

    execute(sql: string, parameters: readonly unknown[]): Done {
      if (failed) {
        const error = failed
        if (sql !== 'rollback') throw error
        failed = undefined
        if (!database.inTransaction) return nothing
      }
      const statement = prepare(sql)
      if (statement.reader) return { rows: statement.all(...parameters), changes: 0 }
      return { rows: [], changes: statement.run(...parameters).changes }
    },

    /** Executes a statement in a transaction of its own. @param committing Runs before that is committed. */
    executeAlone(sql: string, parameters: readonly unknown[], committing: () => void): Done {
      prepare('begin immediate').run()
      try {
        const { changes } = prepare(sql).run(...parameters)
        committing()
        prepare('commit').run()
        return { rows: [], changes }
      } finally {
        if (database.inTransaction) database.exec('rollback')
      }
    },

    close: () => void database.close(),
  }
}

function connectionOf(database: number): Connection {
  const connection = connections.get(database)
  if (!connection) throw new Error('the database is not open')
  return connection
}

function perform(id: number, database: number, task: WriterTask): Done {
  switch (task.kind) {
    case 'open':
      connections.set(database, open(task.file))
      return nothing
    case 'execute': {
      const { sql, parameters, alone } = task
      const connection = connectionOf(database)
      if (!alone) return connection.execute(sql, parameters)
      return connection.executeAlone(sql, parameters, () => port.postMessage(id))
    }
    case 'ahead':
      return connectionOf(database).ahead(task.sql)
    case 'close':
      connectionOf(database).close()
      connections.delete(database)
      return nothing
  }
}

function answer({ id, database, task }: WriterQuestion): void {
  let done: Done
  try {
    done = perform(id, database, task)
  } catch (error) {
    done = { ...nothing, error: (error as Error).message }
  }
  if (id !== 0) port.postMessage({ id, ...done } satisfies WriterAnswer)
}

// Waiting for a number to change takes half as long as an event loop takes to hear of a message.
for (let heard = 0; ; ) {
  Atomics.wait(asked, 0, heard)
  heard = Atomics.load(asked, 0)
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) answer(next.message)
}
