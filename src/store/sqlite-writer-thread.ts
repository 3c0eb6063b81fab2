import { parentPort, workerData } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'
import type { WriterAnswer, WriterQuestion } from './sqlite-writer.ts'

/** The thread that has the one writing connection of an SQLite database: it waits for the disk, nobody else does. */
if (!parentPort) throw new Error('this is a worker thread')
const port = parentPort
const database = new Sqlite(workerData as string)
// Groups of audit records fill several small pages; fewer and larger ones cost less.
database.pragma('page_size = 8192')
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.pragma('foreign_keys = ON')
database.pragma('wal_autocheckpoint = 2000')

const statements = new Map<string, Sqlite.Statement>()
const mostStatements = 500

function prepare(sql: string): Sqlite.Statement {
  let statement = statements.get(sql)
  if (!statement) {
    statement = database.prepare(sql)
    if (statements.size >= mostStatements) statements.clear()
    statements.set(sql, statement)
  }
  return statement
}

function answer({ id, sql, parameters, alone }: WriterQuestion): WriterAnswer {
  try {
    const statement = prepare(sql)
    if (alone) {
      prepare('begin immediate').run()
      const { changes } = statement.run(...parameters)
      port.postMessage(id)
      prepare('commit').run()
      return { id, rows: [], changes }
    }
    if (statement.reader) return { id, rows: statement.all(...parameters), changes: 0 }
    return { id, rows: [], changes: statement.run(...parameters).changes }
  } catch (error) {
    if (alone && database.inTransaction) database.exec('rollback')
    return { id, rows: [], changes: 0, error: (error as Error).message }
  }
}

port.on('message', (question: WriterQuestion | 'close') => {
  if (question !== 'close') return port.postMessage(answer(question))
  database.close()
  port.close()
})
