import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'

export interface Page {
  url: URL
  status: number
  headers: IncomingHttpHeaders
  text: string
}

/** What a person signs in with: keeps cookies for each server, and trusts every certificate. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>()

  cookies(origin: string): Map<string, string> {
    const jar = this.#jars.get(origin) ?? new Map<string, string>()
    this.#jars.set(origin, jar)
    return jar
  }

  open(address: string | URL): Promise<Page> {
    const url = new URL(address)
    const jar = this.cookies(url.origin)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    return new Promise((resolve, reject) => {
      const sent = request(url, { rejectUnauthorized: false, agent: false, headers: { cookie } }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.on('error', reject)
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
            if (value === '' || /max-age=0/i.test(line)) jar.delete(name)
            else jar.set(name, value)
          }
          resolve({ url, status: response.statusCode ?? 0, headers: response.headers, text })
        })
      })
      sent.on('error', reject)
      sent.end()
    })
  }

  /** Opens a page and goes where it is sent, up to a page that sends nowhere or to one that `before` stops at. */
  async follow(address: string | URL, before: (next: URL) => boolean = () => false): Promise<Page & { next?: URL }> {
    let page = await this.open(address)
    for (let hops = 0; hops < 15; hops++) {
      const { location } = page.headers
      if (location === undefined) return page
      const next = new URL(location, page.url)
      if (before(next)) return { ...page, next }
      page = await this.open(next)
    }
    throw new Error(`${address} sends round in circles`)
  }
}
