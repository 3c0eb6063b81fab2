import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

/** The peer: what `node:https` answers when nothing is asked of it. Body and certificate are those of the server measured. */
const [certFile, keyFile, bodyFile] = process.argv.slice(2) as [string, string, string]
const body = readFileSync(bodyFile)
const headers = { 'content-type': 'application/json', 'content-length': body.length }

// Connections are kept while others are asked.
const options = { cert: readFileSync(certFile), key: readFileSync(keyFile), keepAliveTimeout: 600_000 }
const server = createServer(options, (request, response) => {
  request.resume()
  response.writeHead(200, headers)
  response.end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
