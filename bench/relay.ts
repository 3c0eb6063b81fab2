import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startNginx } from './nginx.ts'
import { onLoadCores, type Running, start } from './processes.ts'

export interface RelayPeers extends AsyncDisposable {
  /** By what they are: the server, the URL to ask, and whether it knows who calls. */
  peers: Record<string, { server: Running<unknown>; url: string }>
  /** Why there is no nginx. */
  missing: string | undefined
  /** Where the relay's sessions are made. */
  manager: string
}

type Ready = { managers: { id: string; https: string }[] }

/** Sallyport's relay, a bare one of undici's and nginx with `auth_request`, all before one upstream over TLS. */
export async function startRelays(dir: string, main: string, tlsDir: string): Promise<RelayPeers> {
  await using opened = new AsyncDisposableStack()
  const [cert, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => join(tlsDir, name)) as [
    string,
    string,
    string,
  ]
  const here = (file: string) => join(import.meta.dirname, file)
  // The upstream is part of the load: it is not what is measured.
  const upstream = opened.use(await start<{ port: number }>([here('relay-upstream.ts'), cert, key], {}, onLoadCores))
  const origin = `https://localhost:${upstream.ready.port}`

  const config = join(dir, 'relay.json')
  const credential = { user: 'svc', password: 'svc' }
  const one = { name: 'real', url: origin, ca, paths: ['/policy/api/v1/infra'], credential }
  writeFileSync(config, JSON.stringify({ relay: { upstreams: [one] } }))
  const data = join(dir, 'relay-data')
  const args = [main, 'serve', '--lab', '--https-port', '0', '--ssh-port', '0', '--data-dir', data, '--config', config]
  const ours = opened.use(await start<Ready>(args))
  const bare = opened.use(await start<{ port: number }>([here('bare-relay.ts'), cert, key, ca, origin]))
  mkdirSync(join(dir, 'nginx'))
  const nginx = await startNginx(join(dir, 'nginx'), { cert, key, ca }, upstream.ready.port)
  if (typeof nginx !== 'string') opened.use(nginx)

  const path = '/policy/api/v1/infra/services/a'
  const manager = ours.ready.managers[0]?.https ?? ''
  const peers: RelayPeers['peers'] = {
    'bare undici relay': { server: bare, url: `https://127.0.0.1:${bare.ready.port}${path}` },
    relay: { server: ours, url: manager + path },
  }
  if (typeof nginx !== 'string') {
    peers['nginx, auth_request'] = { server: nginx, url: `https://127.0.0.1:${nginx.ready.port}${path}` }
  }
  const closing = opened.move()
  return {
    peers,
    missing: typeof nginx === 'string' ? nginx : undefined,
    manager,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
