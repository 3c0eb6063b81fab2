import { request as httpsRequest } from 'node:https'
import { ssoDomain } from '../access/vcenter/principal.ts'
import { ConfigError } from '../config-error.ts'
import { readText, secret } from './secret-file.ts'

export interface SsoConnection {
  server: string
  user: string
  passwordFile?: string
  newPasswordFile?: string
  bindPasswordFile?: string
  ca?: string
  json?: true
}

export interface SsoRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/sallyport/v1/sso`, not encoded. */
  path: string[]
  query?: string
  body?: Record<string, unknown>
  /** The same, made of what is stored there, which is asked for first. */
  bodyFrom?(stored: Record<string, unknown>): Record<string, unknown>
  /** Whether the body needs the password to set, and the one of the user that asks. */
  newPassword?: true
  oldPassword?: true
  /** What is printed of an answer; absent: all of it. */
  show?(answer: Record<string, unknown>): object
  /** Whether an answer says that all is well; absent: each that is no refusal. */
  isGood?(answer: Record<string, unknown>): boolean
}

/** Milliseconds until an answer must have begun. */
const patience = 30_000

/**
 * Makes a request of the API and prints its answer.
 *
 * @returns whether the server did what was asked; what it says otherwise is on stderr.
 * @throws {ConfigError} when a file or a password is missing, or the server cannot be reached.
 */
export async function askSso(
  connection: SsoConnection,
  { method, path, query = '', body, bodyFrom, show, isGood, ...wants }: SsoRequest,
): Promise<boolean> {
  const password = secret('passwordFile', connection.passwordFile, 'SALLYPORT_SSO_PASSWORD')
  const url = new URL(
    `/sallyport/v1/sso/${path.map(encodeURIComponent).join('/')}${query}`,
    serverUrl(connection.server),
  )
  let content = body && { ...body }
  if (bodyFrom) {
    const stored = await send(url, 'GET', connection, password, undefined)
    if (!isSuccess(stored)) return tellRefusal(stored)
    content = bodyFrom(parse(stored.text) as Record<string, unknown>)
  }
  if (content && wants.oldPassword) content.old_password = password
  if (content && wants.newPassword) {
    content.password = secret('newPasswordFile', connection.newPasswordFile, 'SALLYPORT_SSO_NEW_PASSWORD')
  }
  const answered = await send(url, method, connection, password, content)
  if (!isSuccess(answered)) return tellRefusal(answered)
  const answer = answered.text === '' ? undefined : (parse(answered.text) as Record<string, unknown>)
  const shown = answer && show ? show(answer) : answer
  process.stdout.write(connection.json ? answered.text && `${answered.text}\n` : print(shown))
  return answer === undefined || (isGood?.(answer) ?? true)
}

interface Answered {
  status: number
  text: string
}

const isSuccess = ({ status }: Answered) => status >= 200 && status < 300

function tellRefusal({ status, text }: Answered): false {
  const answer = text === '' ? undefined : parse(text)
  const { code, message } = (answer as { error?: { code?: string; message?: string } } | undefined)?.error ?? {}
  process.stderr.write(`sallyport: ${code === undefined ? `the server answered ${status}` : `${code}: ${message}`}\n`)
  return false
}

function serverUrl(server: string): URL {
  const url = URL.parse(server)
  if (url?.protocol === 'https:') return url
  throw new ConfigError(`server: ${server} is not the URL of a server, such as https://127.0.0.1:8443`)
}

/** A bare name is one of NSX Manager's to the API, and one of the domain that this is about here. */
const withDomain = (user: string) => (/[@\\]/.test(user) ? user : `${user}@${ssoDomain}`)

function send(
  url: URL,
  method: string,
  { user, ca }: SsoConnection,
  password: string,
  body: unknown,
): Promise<Answered> {
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
  const headers = {
    authorization: `Basic ${Buffer.from(`${withDomain(user)}:${password}`).toString('base64')}`,
    ...(content ? { 'content-type': 'application/json', 'content-length': content.length } : {}),
  }
  const trusted = ca === undefined ? undefined : readText('ca', ca)
  return new Promise((resolve, reject) => {
    const call = httpsRequest(url, { method, headers, ca: trusted, timeout: patience, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    call.on('timeout', () => call.destroy(new Error('it does not answer')))
    call.on('error', (error) =>
      reject(new ConfigError(`server: ${url.origin} cannot be asked: ${error.message}`, { cause: error })),
    )
    call.end(content)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A list as a table, an object as its fields, nothing as nothing. */
function print(answer: unknown): string {
  if (answer === null || typeof answer !== 'object') return ''
  const [list] = Object.values(answer).filter(Array.isArray)
  if (list && Object.keys(answer).length <= 2) return table(list)
  return Object.entries(answer)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.map(shown).join(', ') : shown(value)}\n`)
    .join('')
}

function table(rows: Record<string, unknown>[]): string {
  const [first] = rows
  if (!first) return ''
  const names = Object.keys(first)
  const lines = [names, ...rows.map((row) => names.map((name) => shown(row[name])))]
  const widths = names.map((_, column) => Math.max(...lines.map((line) => (line[column] as string).length)))
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] as number))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** What comes from elsewhere cannot move the cursor of whoever reads it. */
function shown(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? Object.values(value).join(' ') : String(value ?? '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, '?')
}
