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
  /** Whose credentials go with it, admin's unless said. */
  as?: readonly [name: string, password: string]
  /** The first manager unless said. */
  to?: 'a' | 'b'
}

export interface ShellLine {
  line: string
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
export type Step = { says: string; expect: Expectation } & (Call | ShellLine)

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
  const expect = { status: isLine ? 0 : 200, ...step.expect }
  const printAnswer = (status: number, text: string) =>
    print(`    ${isLine ? 'exit ' : ''}${status} ${shortened(text)}`.trimEnd())
  print(`\n  “${step.says}”`)
  print(`    ${isLine ? `$ ${step.line}` : shown(step)}`)
  let answer: Answer | undefined
  try {
    answer = isLine ? await run(step, lab) : await send(step, lab)
    check(answer, expect)
  } catch (error) {
    if (answer) printAnswer(answer.status, answer.text)
    throw new Surprise(`expected ${inspect(expect, { depth: 9 })}\n\n${(error as Error).message}`, { cause: error })
  }
  // What was looked for comes first, so that shortening does not hide it.
  printAnswer(answer.status, expect.has ? JSON.stringify({ ...expect.has, ...answer.json }) : answer.text)
  return answer
}

function check(answer: Answer, { status, text, has, json }: Expectation): void {
  assert.equal(answer.status, status)
  if (typeof text === 'string') assert.equal(answer.text, text)
  if (text instanceof RegExp) assert.match(answer.text, text)
  if (has) assert.partialDeepStrictEqual(answer.json, has)
  if (json) assert.deepEqual(answer.json, json)
}

function send({ request, body, as = ['admin', labPassword], to = 'a' }: Call, { managers }: LabProcess) {
  const [method = '', path = ''] = request.split(' ')
  const client = managers[to].as(...as)
  if (body === undefined) return client.send(method, path)
  return client.send(method, path, JSON.stringify(body), { 'content-type': 'application/json' })
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

function shown({ request, body, as, to }: Call): string {
  const who = as ? `, as ${as[0]}` : ''
  const where = to === 'b' ? ', at the second manager' : ''
  return `${request}${who}${where} ${shortened(JSON.stringify(body) ?? '')}`.trimEnd()
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}
