import { labPassword } from '../../src/lab.ts'
import { OpenSsh, type TerminalSession } from '../servers/openssh.ts'

/** What the console of the NSX-v Manager ends with when it waits for somebody to type. */
const prompt = /(^|\n|\r)(\S+(\(config\))?[>#] |Password: )$/

/** Somebody at a terminal, signed in to the NSX-v Manager with the OpenSSH client. */
export class NsxvTerminal implements AsyncDisposable {
  readonly #ssh = new OpenSsh()
  readonly #address: string
  #terminal: TerminalSession | undefined

  /** @param address `host:port` of its console. */
  constructor(address: string) {
    this.#address = address
  }

  /** Types a line. @returns what is shown for it, without the line itself and the prompt behind it. */
  async type(line: string): Promise<string> {
    if (!this.#terminal) {
      this.#terminal = this.#ssh.terminal(this.#address, { user: 'admin', password: labPassword }, { columns: 200 })
      await this.#terminal.until(prompt)
    }
    this.#terminal.type(`${line}\r`)
    const shown = await this.#terminal.until(prompt)
    const lines = shown.replaceAll('\r', '').split('\n')
    return lines
      .slice(1, -1)
      .map((text) => `${text}\n`)
      .join('')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminal?.[Symbol.asyncDispose]()
    await this.#ssh[Symbol.asyncDispose]()
  }
}
