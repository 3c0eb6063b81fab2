import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort, installPackage } from '../test/servers/programs.ts'
import { onFirstCore, type Running, start } from './processes.ts'

const program = '/usr/sbin/nginx'

/** nginx with one worker, which asks a server of its own with `auth_request` and passes on to an upstream; or why not. */
export async function startNginx(
  dir: string,
  { cert, key, ca }: { cert: string; key: string; ca: string },
  upstream: number,
): Promise<Running<{ port: number }> | string> {
  if (!existsSync(program)) {
    const missing = installPackage('nginx-light')
    if (!existsSync(program)) return missing ?? 'Debian installed no nginx'
  }
  await using opened = new AsyncDisposableStack()
  const auth = opened.use(await start<{ port: number }>([join(import.meta.dirname, 'auth-server.ts')]))
  const port = await freePort()
  mkdirSync(dir, { recursive: true })
  chmodSync(dir, 0o755)
  const conf = join(dir, 'nginx.conf')
  writeFileSync(
    conf,
    `daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 1024; }
http {
  access_log ${dir}/access.log;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  upstream real { server 127.0.0.1:${upstream}; keepalive 64; }
  upstream auth { server 127.0.0.1:${auth.ready.port}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${cert}; ssl_certificate_key ${key};
    keepalive_requests 1000000000;
    location / {
      auth_request /auth;
      proxy_pass https://real; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_ssl_trusted_certificate ${ca}; proxy_ssl_verify on; proxy_ssl_name localhost;
    }
    location = /auth {
      internal; proxy_pass http://auth; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass_request_body off; proxy_set_header Content-Length "";
    }
  }
}
`,
  )
  const began = performance.now()
  const [command = program, ...args] = onFirstCore([program, '-p', dir, '-c', conf])
  const child = spawn(command, args, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  opened.defer(async () => {
    child.kill('SIGQUIT')
    await exited
  })
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries > 100) return `nginx did not start: ${readFileSync(join(dir, 'error.log'), 'utf8')}`
    await setTimeout(20)
  }
  const worker = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').at(-1)
  const closing = opened.move()
  return {
    ready: { port },
    readyMs: performance.now() - began,
    cpuMicros() {
      const fields = readFileSync(`/proc/${worker}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) * 10_000 + auth.cpuMicros()
    },
    residentMiB: () => auth.residentMiB(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
