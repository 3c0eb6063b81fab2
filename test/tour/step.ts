import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { labPassword } from '../../src/lab.ts'
import type { Answer as HttpAnswer } from '../client.ts'
import type { LabProcess } from './lab-process.ts'

/** A call as the documents write it. */
export interface Call {
  request: `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`
  body?: unknown
  /** A body in XML, as NSX-v's documents have it. */
  xml?: string
  /** The form of the answer that is asked for. */
  accept?: string
  /** Whose credentials go with it, admin's unless said. */
  as?: readonly [name: string, password: string]
  /** The first manager unless said. */
  to?: 'a' | 'b'
}

export interface ShellLine {
  line: string
}

/** A line typed at the console of the NSX-v Manager. */
export interface TypedLine {
  types: string
  /** Shown instead of it. */
  secret?: true
}

/** Of HTTP, or the exit code and the output of a shell line. */
export type Answer = Omit<HttpAnswer, 'headers'>

export interface Expectation {
  /** 200 unless said, and 0 of a shell line. */
  status?: number
  text?: string | RegExp
  /** What the JSON has among other things. */
  has?: object
  /** The whole JSON. */
  json?: object
}

/** One thing to see: what the document says, what is asked, and what must come back. */
export type Step = { says: string; expect: Expectation } & (Call | ShellLine | TypedLine)

/** A document's story. Every step is told its answer, so that the next can build on it. */
export interface Story {
  title: string
  steps(lab: LabProcess): Generator<Step, void, Answer>
}

/** An answer that is not what the document promises. */
export class Surprise extends Error {
  override name = 'Surprise'
}

/**
 * Does one step and shows it.
 *
 * @throws {Surprise} naming what was expected.
 */
export async function perform(step: Step, lab: LabProcess, print: (line: string) => void): Promise<Answer> {
  const isLine = 'line' in step
  const isTyped = 'types' in step
  const expect = { status: isLine || isTyped ? 0 : 200, ...step.expect }
  const printAnswer = (status: number, text: string) =>
    print(`    ${isTyped ? '' : `${isLine ? 'exit ' : ''}${status} `}${shortened(text)}`.trimEnd())
  print(`\n  “${step.says}”`)
  print(`    ${isLine ? `$ ${step.line}` : isTyped ? `> ${step.secret ? '*****' : step.types}` : shown(step)}`)
  let answer: Answer | undefined
  try {
    answer = isLine ? await run(step, lab) : isTyped ? await type(step, lab) : await send(step, lab)
    check(answer, expect)
  } catch (error) {
    if (answer) printAnswer(answer.status, answer.text)
    throw new Surprise(`expected ${inspect(expect, { depth: 9 })}\n\n${(error as Error).message}`, { cause: error })
  }
  // What was looked for comes first, so that shortening does not hide it.
  const found = expect.text instanceof RegExp ? expect.text.exec(answer.text) : null
  const told = expect.has ? JSON.stringify({ ...expect.has, ...answer.json }) : (found?.[0] ?? answer.text)
  printAnswer(answer.status, found && found.index > 0 ? `… ${told}` : told)
  return answer
}

function check(answer: Answer, { status, text, has, json }: Expectation): void {
  assert.equal(answer.status, status)
  if (typeof text === 'string') assert.equal(answer.text, text)
  if (text instanceof RegExp) assert.match(answer.text, text)
  if (has) assert.partialDeepStrictEqual(answer.json, has)
  if (json) assert.deepEqual(answer.json, json)
}

function send({ request, body, xml, accept, as = ['admin', labPassword], to = 'a' }: Call, { managers }: LabProcess) {
  const [method = '', path = ''] = request.split(' ')
  const client = managers[to].as(...as).with(accept === undefined ? {} : { headers: { accept } })
  if (xml !== undefined) return client.send(method, path, xml, { 'content-type': 'application/xml' })
  if (body === undefined) return client.send(method, path)
  return client.send(method, path, JSON.stringify(body), { 'content-type': 'application/json' })
}

async function type({ types }: TypedLine, { nsxv }: LabProcess): Promise<Answer> {
  const text = await nsxv.type(types)
  return { status: 0, text, json: undefined }
}

/** Runs a line in bash, free of anybody's own settings; `$TESTHOST` is the first manager. */
async function run({ line }: ShellLine, { managers, folder }: LabProcess): Promise<Answer> {
  const child = spawn('bash', ['-c', line], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, HOME: folder, TESTHOST: new URL(managers.a.url).host },
  })
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return {
    status,
    text: output,
    get json() {
      return JSON.parse(output)
    },
  }
}

function shown({ request, body, xml, as, to }: Call): string {
  const who = as ? `, as ${as[0]}` : ''
  const where = to === 'b' ? ', at the second manager' : ''
  return `${request}${who}${where} ${shortened(xml ?? JSON.stringify(body) ?? '')}`.trimEnd()
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}
