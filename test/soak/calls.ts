import { Agent, type RequestOptions, request } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { type Account, count, type Outcomes } from './target.ts'

export interface Call {
  method?: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string | Buffer | undefined
}

export interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  text: string
}

/** A client on one connection that comes from an address of this machine. */
export type Caller = ReturnType<typeof createCaller>

/** Longer than any answer may take, in milliseconds: who waits so long has not been served. */
const patience = 30_000

export function createCaller(base: string, from: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
  const { hostname, port } = new URL(base)

  const optionsOf = ({ method = 'GET', path, headers = {}, body }: Call): RequestOptions => ({
    ...{ agent, hostname, port, method, path, localAddress: from, timeout: patience },
    headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
  })

  return {
    /**
     * @param keep Whether the answer's body is wanted; else it is read and forgotten.
     * @param hold Keeps back the last ten bytes of the body until it resolves.
     */
    send(call: Call, keep = true, hold?: Promise<void>): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const sent = request(optionsOf(call), (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => {
            if (keep) text += chunk
          })
          response.on('error', reject)
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
        })
        sent.on('error', reject)
        sent.on('timeout', () => sent.destroy(Object.assign(new Error('no answer'), { code: 'NO_ANSWER' })))
        if (!hold || call.body === undefined) {
          sent.end(call.body)
          return
        }
        const body = Buffer.from(call.body)
        sent.write(body.subarray(0, -10))
        void hold.then(() => sent.end(body.subarray(-10)))
      })
    },
    close: () => agent.destroy(),
  }
}

/** The same, for those who only count what becomes of it. One that fails is not tried again at once. */
export async function attempt(outcomes: Outcomes, caller: Caller, call: Call, hold?: Promise<void>): Promise<void> {
  try {
    const { status } = await caller.send(call, false, hold)
    count(outcomes, status)
    if (status >= 400) await pause(50)
  } catch (error) {
    count(outcomes, (error as NodeJS.ErrnoException).code ?? 'failed')
    await pause(200)
  }
}

export const basic = ({ name, password }: Account) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

export const xmlOf = (method: string, content: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
  `<e:Body><${method} xmlns="urn:vim25">${content}</${method}></e:Body></e:Envelope>`
