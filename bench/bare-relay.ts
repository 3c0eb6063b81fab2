import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { Pool } from 'undici'

/** The peer: undici's Pool between two TLS connections, asking nothing of anybody. */
const [certFile, keyFile, caFile, origin] = process.argv.slice(2) as [string, string, string, string]
const pool = new Pool(origin, {
  connections: 64,
  pipelining: 1,
  allowH2: false,
  connect: { ca: readFileSync(caFile, 'utf8') },
})

// Connections are kept while others are asked.
const options = { cert: readFileSync(certFile), key: readFileSync(keyFile), keepAliveTimeout: 600_000 }
const server = createServer(options, (request, response) => {
  const { method = 'GET', url: path = '/' } = request
  const { host: _host, connection: _connection, ...headers } = request.headers
  const body = method === 'GET' || method === 'HEAD' ? null : request
  pool
    .stream({ method: method as 'GET', path, headers, body }, ({ statusCode, headers }) =>
      response.writeHead(statusCode, headers),
    )
    .catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  void pool.destroy()
})
