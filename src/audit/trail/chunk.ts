import type { AuditChunkTable } from '../../store/schema.ts'
import type { AuditRecord } from '../record.ts'
import { type Classified, facetsOf } from './facets.ts'
import type { AuditMatcher } from './filter.ts'
import { addText, emptySignature, folded, type Signature } from './signature.ts'

/** Records of a journal that follow one another, as far as filters need to know them. */
export interface Chunk {
  journal: number
  firstSeq: number
  lastSeq: number
  /** Of its records: the earliest time and the latest. */
  fromAt: number
  toAt: number
  /** Names that stand in its records, and how they go together. */
  names: Names
  /** There where they were asked for. */
  entries(): readonly number[]
  /** Of each record the number of its entry. */
  places(): readonly number[] | Promise<readonly number[]>
  /** Undefined: its records may hold any text. */
  signature: Signature | undefined
  /** What it takes to look at it, in characters of records. */
  cost: number
}

/** What can be said of a record in few words: these are few, and go together in few ways. */
export interface Class extends Classified {
  /** Of refused sign-ins and of lockouts, which are counted by it: when their hour begins. */
  hour?: number
  /** Of those that have locked an account. */
  locks?: true
}

export const isRefusedSignIn = ({ kind, outcome }: Classified) => kind === 'sign-in' && outcome !== 'success'

/** Each name once; the entries say which go together by their numbers here. */
export interface Names {
  users: string[]
  operations: string[]
  sources: string[]
  classes: Class[]
}

/** Of each entry the numbers of user, operation, source and class, and how many records have them all. */
const entryLength = 5

/** Records in a chunk at most. */
export const chunkLimit = 2000
const hourInMs = 3_600_000
export const hourOf = (at: number) => Math.floor(at / hourInMs) * hourInMs

/** Numbers things in the order they are met. */
function numbering<T>() {
  const numbers = new Map<string, number>()
  const list: T[] = []
  return {
    list,
    of(key: string, thing: T): number {
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, list.length)
      return list.push(thing) - 1
    },
  }
}

export type GrowingChunk = ReturnType<typeof beginChunk>

/**
 * A chunk in the making.
 *
 * @param signs Whether to tell which texts its records hold.
 */
export function beginChunk(journal: number, firstSeq: number, signs: boolean) {
  const users = numbering<string>()
  const operations = numbering<string>()
  const sources = numbering<string>()
  const classes = numbering<Class>()
  const numbers = new Map<number, number>()
  const entries: number[] = []
  const places: number[] = []
  const signature = signs ? emptySignature() : undefined
  let fromAt = Number.POSITIVE_INFINITY
  let toAt = Number.NEGATIVE_INFINITY
  let size = 0

  const names = (): Names => ({
    users: users.list,
    operations: operations.list,
    sources: sources.list,
    classes: classes.list,
  })

  return {
    /** Whether the record of that number can be the next one: a journal that was tampered with may lack some. */
    takes: (seq: number) => seq === firstSeq + places.length && places.length < chunkLimit,

    /** @param text The record's. */
    add(record: AuditRecord, text: string): void {
      const { user, operation, source, outcome, surface, kind, write } = facetsOf(record)
      const u = users.of(user, user)
      const o = operations.of(operation, operation)
      const s = sources.of(source, source)
      const of: Class = { outcome, surface, kind, write }
      if (isRefusedSignIn(of) || record.locks) of.hour = hourOf(record.at)
      if (record.locks) of.locks = true
      const c = classes.of(`${outcome} ${surface} ${kind} ${write} ${of.hour} ${of.locks}`, of)
      // Each is less than the limit: no two combinations have one key.
      const key = ((u * chunkLimit + o) * chunkLimit + s) * chunkLimit + c
      let number = numbers.get(key)
      if (number === undefined) {
        number = entries.push(u, o, s, c, 0) / entryLength - 1
        numbers.set(key, number)
      }
      entries[number * entryLength + entryLength - 1]!++
      places.push(number)
      fromAt = Math.min(fromAt, record.at)
      toAt = Math.max(toAt, record.at)
      size += text.length
      if (signature) addText(signature, text.toLowerCase())
    },

    get firstSeq() {
      return firstSeq
    },

    /** As it is now, whatever is added afterwards. @param cost Of making it, for each character of its records. */
    snapshot(cost: number): Chunk {
      const [taken, together] = [[...places], [...entries]]
      const { users, operations, sources, classes } = names()
      return {
        journal,
        firstSeq,
        lastSeq: firstSeq + places.length - 1,
        fromAt,
        toAt,
        names: { users: [...users], operations: [...operations], sources: [...sources], classes: [...classes] },
        entries: () => together,
        places: () => taken,
        // What is added afterwards does it no harm.
        signature,
        cost: cost * size,
      }
    },

    stored(): AuditChunkTable {
      return {
        journal,
        firstSeq,
        lastSeq: firstSeq + places.length - 1,
        fromAt,
        toAt,
        names: JSON.stringify(names()),
        entries: JSON.stringify(entries),
        places: JSON.stringify(places),
        signature: signature ? Buffer.from(folded(signature)).toString('base64') : '',
      }
    },
  }
}

/** What of a chunk a filter wants, as far as names tell. */
export interface Selection {
  /** By the number of an entry; undefined: all of them. */
  wanted: boolean[] | undefined
  /** Records that have these entries. */
  count: number
}

/** Which of a chunk's names a filter wants: none of its records or all of them, where the names alone tell that. */
function judge(names: Names, matcher: AuditMatcher) {
  const users = names.users.map(matcher.user)
  const operations = names.operations.map(matcher.operation)
  const sources = names.sources.map(matcher.source)
  const classes = names.classes.map(matcher.class)
  const each = [users, operations, sources, classes]
  if (!each.every((wanted) => wanted.includes(true))) return 'none'
  if (!each.some((wanted) => wanted.includes(false))) return 'all'
  return { users, operations, sources, classes }
}

/** Whether it takes a chunk's entries to know what of it is wanted. */
export const takesEntries = (names: Names, matcher: AuditMatcher): boolean => typeof judge(names, matcher) === 'object'

/** @returns undefined where the chunk has nothing that is wanted. */
export function select(chunk: Chunk, matcher: AuditMatcher): Selection | undefined {
  const judged = judge(chunk.names, matcher)
  if (judged === 'none') return undefined
  if (judged === 'all') return { wanted: undefined, count: chunk.lastSeq - chunk.firstSeq + 1 }
  const { users, operations, sources, classes } = judged
  const entries = chunk.entries()
  const wanted: boolean[] = []
  let count = 0
  for (let at = 0; at < entries.length; at += entryLength) {
    const is =
      classes[entries[at + 3]!]! && users[entries[at]!]! && operations[entries[at + 1]!]! && sources[entries[at + 2]!]!
    wanted.push(is)
    if (is) count += entries[at + 4]!
  }
  return count === 0 ? undefined : { wanted, count }
}

/** How many records of a chunk are of each class. */
export function countClasses({ names, entries }: Chunk): { class: Class; count: number }[] {
  const counts = names.classes.map((of) => ({ class: of, count: 0 }))
  const all = entries()
  for (let at = 0; at < all.length; at += entryLength) counts[all[at + 3]!]!.count += all[at + 4]!
  return counts
}
