import type { Answer, Client } from '../client.ts'

export const sessionPath = '/sallyport/v1/session'

/** A browser as far as sessions are concerned: it keeps cookies, and shows the tokens that it was told. */
export class Browser {
  readonly client: Client
  readonly cookies = new Map<string, string>()
  readonly tokens: Record<string, string> = {}

  constructor(client: Client) {
    this.client = client
  }

  /** Signs in, beside whoever is signed in already. */
  async signIn(user_name: string, password: string): Promise<Answer> {
    return this.#told(await this.with({ cookies: true }).post(sessionPath, { user_name, password }))
  }

  /** What the cookies alone are told. */
  async recall(): Promise<Answer> {
    return this.#told(await this.with({ cookies: true }).get(sessionPath))
  }

  async signOut(surface?: 'nsx' | 'vcenter'): Promise<Answer> {
    return this.#told(await this.whole.delete(surface ? `${sessionPath}?surface=${surface}` : sessionPath))
  }

  /** With cookies and tokens, as the console calls. */
  get whole(): Client {
    return this.with({ cookies: true, tokens: true })
  }

  with({ cookies = false, tokens = false }): Client {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return this.client.with({
      headers: { ...(cookies && cookie !== '' ? { cookie } : {}), ...(tokens ? this.tokens : {}) },
    })
  }

  #told(answer: Answer): Answer {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/Max-Age=0/.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    if (answer.status !== 200) return answer
    const { nsx, vcenter } = answer.json
    if (nsx) this.tokens['x-xsrf-token'] = nsx.xsrf_token
    if (vcenter) this.tokens['x-vcenter-xsrf-token'] = vcenter.xsrf_token
    return answer
  }
}
