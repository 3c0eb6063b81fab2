import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { test } from 'node:test'
import { repairedRequest, replayed } from './pasted-header.ts'

const repaired = (packet: string) => repairedRequest(Buffer.from(packet, 'latin1'))?.toString('latin1')
const host = 'Host: nsxmgr-a\r\n'
const token = 'x-xsrf-token: 5a764b19-5ad2-4727-974d-510acbc171c8'

test('header lines that end in CR CR LF lose the extra CR, and the connection ends with the request', () => {
  for (const [packet, request] of [
    [
      `GET /a?b=c HTTP/1.1\r\n${host}${token}\r\r\n\r\n`,
      `GET /a?b=c HTTP/1.1\r\n${host}${token}\r\nconnection: close\r\n\r\n`,
    ],
    [
      `GET /a HTTP/1.1\r\n${token}\r\r\n${host}x: y\r\r\nz: 1\r\n\r\n`,
      `GET /a HTTP/1.1\r\n${token}\r\n${host}x: y\r\nz: 1\r\nconnection: close\r\n\r\n`,
    ],
    [
      `POST /a HTTP/1.1\r\nContent-Length: 7\r\n${token}\r\r\n\r\n{"a":1}`,
      `POST /a HTTP/1.1\r\nContent-Length: 7\r\n${token}\r\nconnection: close\r\n\r\n{"a":1}`,
    ],
    [
      `POST /a HTTP/1.1\r\n${token}\r\r\ncontent-length:0\r\n\r\n`,
      `POST /a HTTP/1.1\r\n${token}\r\ncontent-length:0\r\nconnection: close\r\n\r\n`,
    ],
    [
      `GET /a HTTP/1.1\r\nConnection: keep-alive\r\n${token}\r\r\nconnection : upgrade\r\n\r\n`,
      `GET /a HTTP/1.1\r\n${token}\r\nconnection: close\r\n\r\n`,
    ],
    [
      `POST /a HTTP/1.1\r\nContent-Length: 6\r\n${token}\r\r\n\r\nj\xc3\xb6\r\r\n`,
      `POST /a HTTP/1.1\r\nContent-Length: 6\r\n${token}\r\nconnection: close\r\n\r\nj\xc3\xb6\r\r\n`,
    ],
  ] as const) {
    assert.equal(repaired(packet), request)
  }
})

test('a packet that could be read in two ways is not repaired', () => {
  const pasted = `${token}\r\r\n\r\n`
  for (const [what, packet] of [
    ['nothing', ''],
    ['no end of the header', `GET /a HTTP/1.1\r\n${token}\r\r\n`],
    ['another protocol', `GET /a HTTP/1.0\r\n${pasted}`],
    ['a lower-case method', `get /a HTTP/1.1\r\n${pasted}`],
    ['a second space in the request line', `GET  /a HTTP/1.1\r\n${pasted}`],
    ['a CR too many in the request line', `GET /a HTTP/1.1\r\r\n${pasted}`],
    ['a request line that ends in LF', `GET /a HTTP/1.1\n${pasted}`],
    ['bytes before the request line', `\r\nGET /a HTTP/1.1\r\n${pasted}`],
    ['three CRs', `GET /a HTTP/1.1\r\n${token}\r\r\r\n\r\n`],
    ['a CR within a line', `GET /a HTTP/1.1\r\nx: y\rz: 1\r\n${pasted}`],
    ['a line that ends in LF', `GET /a HTTP/1.1\r\nx: y\n${pasted}`],
    ['a header hidden behind LF', `POST /a HTTP/1.1\r\nx: y\nContent-Length: 3\r\n${pasted}abc`],
    ['a header hidden behind CR', `POST /a HTTP/1.1\r\nx: y\rContent-Length: 3\r\n${pasted}abc`],
    ['a transfer coding', `POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${pasted}0\r\n\r\n`],
    ['a transfer coding with a space', `POST /a HTTP/1.1\r\ntransfer-encoding : chunked\r\n${pasted}`],
    ['a transfer coding with a pasted CR', `POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\r\n${pasted}`],
    ['two lengths', `POST /a HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 0\r\n${pasted}`],
    ['two lengths that differ', `POST /a HTTP/1.1\r\nContent-Length: 3\r\ncontent-length : 0\r\n${pasted}abc`],
    ['a body without a length', `POST /a HTTP/1.1\r\n${pasted}abc`],
    ['a second request', `GET /a HTTP/1.1\r\n${pasted}GET /b HTTP/1.1\r\n\r\n`],
    ['a body that is shorter than its length', `POST /a HTTP/1.1\r\nContent-Length: 4\r\n${pasted}abc`],
    ['a body that is longer than its length', `POST /a HTTP/1.1\r\nContent-Length: 2\r\n${pasted}abc`],
    ['a length with a sign', `POST /a HTTP/1.1\r\nContent-Length: +3\r\n${pasted}abc`],
    ['a hexadecimal length', `POST /a HTTP/1.1\r\nContent-Length: 0x3\r\n${pasted}abc`],
    ['several lengths in one', `POST /a HTTP/1.1\r\nContent-Length: 3, 3\r\n${pasted}abc`],
  ] as const) {
    assert.equal(repaired(packet), undefined, what)
  }
})

test('a packet without a body whose length cannot be read is not repaired', () => {
  for (const length of ['abc', '5 ', '+5', '-5', '0x5', '5, 5', '']) {
    const packet = `POST /a HTTP/1.1\r\nContent-Length: ${length}\r\n${token}\r\r\n\r\n`
    assert.equal(repaired(packet), undefined, length)
  }
})

test('a replayed connection answers over the socket and ends with it', async () => {
  const http = createHttpServer((request, response) => response.end(`${request.url} ${request.headers['x-token']}`))
  const server = createServer((socket) =>
    socket.once('data', (packet) => {
      const request = repairedRequest(packet)
      assert.ok(request)
      const connection = replayed(request, socket)
      assert.equal((connection as unknown as typeof socket).remoteAddress, '127.0.0.1')
      http.emit('connection', connection)
    }),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.write(`GET /a HTTP/1.1\r\n${host}x-token: t\r\r\n\r\n`)
  assert.match(await readAll(client), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nConnection: close\r\n[\s\S]*\/a t/i)
  server.close()
  await once(server, 'close')
})
