import type { IncomingHttpHeaders } from 'node:http'
import type { UpstreamHeaders } from './exchange.ts'

/**
 * The request headers that may go on: what says how the message is to be read and answered. Everything else stays
 * here, so that no header that some server takes for an identity, an address, another method or another path gets
 * past by having been forgotten.
 */
const passedOn = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'prefer',
  'range',
  'traceparent',
  'tracestate',
  'user-agent',
])

/** Who calls, for the upstream's own audit log. */
export interface Caller {
  name: string
  requestId: string
}

/**
 * The headers of a request as it is passed on, names and values in turn: the client's that may go on, then ours.
 *
 * @param credential What the relay shows for itself.
 * @see RFC 9110 7.6.1 (Connection)
 */
export function requestHeaders(client: IncomingHttpHeaders, caller: Caller, credential: readonly string[]): string[] {
  const named = client.connection === undefined ? undefined : namesIn(client.connection)
  const headers: string[] = []
  for (const name in client) {
    if (passedOn.has(name) && !named?.has(name)) headers.push(name, client[name] as string)
  }
  headers.push('x-nsx-euser', headerText(caller.name), 'x-nsx-ereqid', caller.requestId, ...credential)
  return headers
}

/** Names outside ASCII are percent-encoded. */
function headerText(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) ? text : encodeURIComponent(text)
}

function namesIn(connection: string): Set<string> {
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}

/** Answer headers that stay here. */
const keptBack = new Set([
  // Of the upstream's connection.
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Of the upstream's sessions and credentials, which are the relay's and not the client's.
  'set-cookie',
  'set-cookie2',
  'x-xsrf-token',
  'authorization',
  'www-authenticate',
  'authentication-info',
  'cookie',
  // What would change how the client deals with this server, or send it around it.
  'alt-svc',
  'clear-site-data',
  'refresh',
  'public-key-pins',
  // Ours.
  'date',
  'server',
  'vmw-task-id',
  'x-envoy-upstream-service-time',
])
const keptBackFamilies = /^(?:access-control-|x-sallyport-|x-forwarded-)/
const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
const notInValue = /[^\t\x20-\x7e\x80-\xff]/

/**
 * The headers of an answer as the client gets them.
 *
 * A redirect is passed on as an answer. One to the upstream itself becomes one to the same path here; one to
 * anywhere else loses its target, for the client has nothing to look for there.
 *
 * @param answered As the upstream gave them.
 * @param asked The whole URL that was asked of the upstream.
 * @returns undefined where a header is none.
 */
export function answerHeaders(answered: UpstreamHeaders, asked: string): Record<string, string | string[]> | undefined {
  const headers: Record<string, string | string[]> = {}
  for (const name in answered) {
    const value = answered[name] as string | string[]
    if (typeof value === 'string' ? notInValue.test(value) : value.some((one) => notInValue.test(one))) return undefined
    if (keptBack.has(name)) continue
    if (!token.test(name)) return undefined
    if (keptBackFamilies.test(name)) continue
    if (name === 'location' || name === 'content-location') {
      const target = typeof value === 'string' ? localTarget(value, asked) : undefined
      if (target !== undefined) headers[name] = target
    } else if (name === 'content-length' && typeof value !== 'string') {
      // Of a length there is one.
      if (new Set(value).size > 1) return undefined
      headers[name] = value[0] as string
    } else headers[name] = value
  }
  const connection = answered.connection
  if (connection === undefined || connection === 'keep-alive') return headers
  // A Connection that named the length would not make it unknown.
  for (const name of namesIn(String(connection))) if (name !== 'content-length') delete headers[name]
  return headers
}

function localTarget(value: string, asked: string): string | undefined {
  if (!URL.canParse(value, asked)) return undefined
  const target = new URL(value, asked)
  const path = target.pathname + target.search + target.hash
  // Two slashes would name another host.
  return target.origin === new URL(asked).origin && !path.startsWith('//') ? path : undefined
}
