import type { IncomingHttpHeaders } from 'node:http'

/**
 * The request headers that may go on: what says how the message is to be read and answered. Everything else stays
 * here, so that no header that some server takes for an identity, an address, another method or another path gets
 * past by having been forgotten.
 */
const passedOn = [
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
] as const

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
  for (const name of passedOn) {
    const value = client[name]
    if (value !== undefined && !named?.has(name)) headers.push(name, value as string)
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
 * @param raw Names and values in turn, as they arrived.
 * @param asked The whole URL that was asked of the upstream.
 * @returns undefined where a header is none.
 */
export function answerHeaders(raw: readonly Buffer[], asked: string): Record<string, string | string[]> | undefined {
  const headers: Record<string, string | string[]> = {}
  let named: Set<string> | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as Buffer).toString('latin1').toLowerCase()
    const value = (raw[at + 1] as Buffer).toString('latin1')
    if (notInValue.test(value)) return undefined
    if (name === 'connection' && value !== 'keep-alive') named = new Set([...(named ?? []), ...namesIn(value)])
    if (keptBack.has(name)) continue
    if (!token.test(name)) return undefined
    if (keptBackFamilies.test(name)) continue
    if (name === 'location' || name === 'content-location') {
      const target = localTarget(value, asked)
      if (target !== undefined) headers[name] = target
      continue
    }
    const before = headers[name]
    if (before === undefined) headers[name] = value
    // Of a length there is one.
    else if (name === 'content-length' && before !== value) return undefined
    else if (name !== 'content-length') headers[name] = [before, value].flat()
  }
  // A Connection that named the length would not make it unknown.
  for (const name of named ?? []) if (name !== 'content-length') delete headers[name]
  return headers
}

function localTarget(value: string, asked: string): string | undefined {
  if (!URL.canParse(value, asked)) return undefined
  const target = new URL(value, asked)
  const path = target.pathname + target.search + target.hash
  // Two slashes would name another host.
  return target.origin === new URL(asked).origin && !path.startsWith('//') ? path : undefined
}
