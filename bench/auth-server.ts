import { createServer } from 'node:http'

/** Whom nginx asks with `auth_request`: it allows everything. */
const server = createServer((_request, response) => response.writeHead(204).end())
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
