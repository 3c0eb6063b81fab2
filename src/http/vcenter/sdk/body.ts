import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RequestError } from '../../request-error.ts'
import type { XmlElement } from '../../xml/element.ts'
import { readXml, readXmlInTurn, strangersXml } from '../../xml/read.ts'

/** Makes a scope's routes take messages of SOAP 1.1 and nothing else. @param largest In bytes. */
export function takeSoap(app: FastifyInstance, largest: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^text\/xml\s*(;|$)/i,
    { parseAs: 'buffer', bodyLimit: largest },
    async (request: FastifyRequest, body: Buffer) => {
      requireUtf8(request.headers['content-type'] ?? '')
      if (request.raw.stranger) return readXml(body, strangersXml)
      return readXmlInTurn(body, app.services.turns.begin(request.source))
    },
  )
}

/** @throws {RequestError} `body_malformed` */
export function requireBody({ body }: FastifyRequest): XmlElement {
  if (body === undefined || body === null) throw new RequestError('body_malformed', 'it is empty')
  return body as XmlElement
}

/** @throws {RequestError} `body_malformed` */
function requireUtf8(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)"?/i.exec(contentType)?.[1]
  if (charset === undefined || /^utf-?8$/i.test(charset)) return
  throw new RequestError('body_malformed', 'its character set is not UTF-8')
}
