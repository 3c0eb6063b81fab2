import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

/** What the relays relay to: a fixed answer over TLS, and a sign-in where one is asked for. */
const [certFile, keyFile] = process.argv.slice(2) as [string, string]
const body = Buffer.from(JSON.stringify({ results: [{ id: 'a', text: 'x'.repeat(1024) }], result_count: 1 }))
const headers = { 'content-type': 'application/json', 'content-length': body.length }
const session = { 'set-cookie': 'JSESSIONID=0123456789ABCDEF0123456789ABCDEF; Path=/', 'x-xsrf-token': 'token' }

const options = { cert: readFileSync(certFile), key: readFileSync(keyFile), keepAliveTimeout: 600_000 }
const server = createServer(options, (request, response) => {
  request.resume()
  if (request.url === '/api/session/create') response.writeHead(200, { ...session, 'content-length': 0 }).end()
  else response.writeHead(200, headers).end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
