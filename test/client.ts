import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { createSecureContext } from 'node:tls'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The body, read as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  json: any
}

export interface Exchange {
  method: string
  path: string
  answer: Answer
}

export interface Options {
  headers?: Record<string, string>
  /** The address on this machine to call from; another one is another source. */
  from?: string
  /** The client certificate to present, and its key. */
  certificate?: { cert: string; key: string } | undefined
  /** Sees every answer. */
  check?: (exchange: Exchange) => void
}

/** A client of one manager. */
export class Client {
  readonly url: string
  readonly ca: string
  readonly #options: Options
  readonly #agents: Map<string, Agent>

  constructor(url: string, ca: string, options: Options = {}, agents = new Map<string, Agent>()) {
    this.url = url
    this.ca = ca
    this.#options = options
    this.#agents = agents
  }

  /** The same client with more in it. */
  with(options: Options): Client {
    const headers = { ...this.#options.headers, ...options.headers }
    return new Client(this.url, this.ca, { ...this.#options, ...options, headers }, this.#agents)
  }

  /** Sends a name and a password with every call. */
  as(name: string, password: string): Client {
    const credentials = Buffer.from(`${name}:${password}`).toString('base64')
    return this.with({ headers: { authorization: `Basic ${credentials}` } })
  }

  from(address: string): Client {
    return this.with({ from: address })
  }

  /** Presents a client certificate where it is asked for one; undefined: none. */
  presenting(certificate: { cert: string; key: string } | undefined): Client {
    return this.with({ certificate })
  }

  /** Creates a session. @returns the answer, and a client that uses the session where there is one. */
  async signIn(name: string, password: string): Promise<{ answer: Answer; client: Client }> {
    const form = new URLSearchParams({ j_username: name, j_password: password }).toString()
    const answer = await this.send('POST', '/api/session/create', form, {
      'content-type': 'application/x-www-form-urlencoded',
    })
    const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    const token = String(answer.headers['x-xsrf-token'] ?? '')
    return { answer, client: this.with({ headers: { cookie, 'x-xsrf-token': token } }) }
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path)
  }
  delete(path: string): Promise<Answer> {
    return this.send('DELETE', path)
  }
  post(path: string, body?: unknown): Promise<Answer> {
    return this.#sendJson('POST', path, body)
  }
  put(path: string, body?: unknown): Promise<Answer> {
    return this.#sendJson('PUT', path, body)
  }
  patch(path: string, body?: unknown): Promise<Answer> {
    return this.#sendJson('PATCH', path, body)
  }

  #sendJson(method: string, path: string, body: unknown): Promise<Answer> {
    if (body === undefined) return this.send(method, path)
    return this.send(method, path, JSON.stringify(body), { 'content-type': 'application/json' })
  }

  /** Sends any bytes. */
  send(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    const { from, certificate } = this.#options
    return new Promise((resolve, reject) => {
      const length: Record<string, string> =
        body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const { hostname, port } = new URL(this.url)
      const call = request(
        {
          method,
          hostname,
          port,
          path,
          agent: this.#agent(from, certificate),
          servername: 'localhost',
          localAddress: from,
          headers: { ...this.#options.headers, ...length, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            const answer: Answer = {
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              get json() {
                return JSON.parse(text)
              },
            }
            try {
              this.#options.check?.({ method, path, answer })
            } catch (error) {
              reject(error)
            }
            resolve(answer)
          })
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  }

  #agent(from = '', certificate?: { cert: string; key: string }): Agent {
    const name = `${from} ${certificate?.cert ?? ''}`
    let agent = this.#agents.get(name)
    if (!agent) {
      // Made once, and not for every connection.
      const secureContext = createSecureContext({ ca: this.ca, ...certificate })
      agent = new Agent({ keepAlive: true, maxSockets: 64, secureContext })
      this.#agents.set(name, agent)
    }
    return agent
  }

  /** Ends the connections that are kept open. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }
}
