import { escapeXml } from '../xml/write.ts'

const server = 'Pivotal tc Runtime 3.1.2.RELEASE/7.0.64.B.RELEASE'
const style =
  'H1 {font-family:Tahoma,Arial,sans-serif;color:white;background-color:#525D76;font-size:22px;} H3 {font-family:Tahoma,Arial,sans-serif;color:white;background-color:#525D76;font-size:14px;} BODY {font-family:Tahoma,Arial,sans-serif;color:black;background-color:white;} B {font-family:Tahoma,Arial,sans-serif;color:white;background-color:#525D76;} P {font-family:Tahoma,Arial,sans-serif;background:white;color:black;font-size:12px;} HR {color : #525D76;}'

const descriptions: Record<number, string> = {
  400: 'The request sent by the client was syntactically incorrect.',
  401: 'This request requires HTTP authentication.',
  403: 'Access to the specified resource has been forbidden.',
  404: 'The requested resource is not available.',
  405: 'The specified HTTP method is not allowed for the requested resource.',
  406: 'The resource identified by this request is only capable of generating responses with characteristics not acceptable according to the request "accept" headers.',
  413: 'The request entity is larger than the server is able to process.',
  415: 'The server refused this request because the request entity is in a format not supported by the requested resource for the requested method.',
  500: 'The server encountered an internal error that prevented it from fulfilling this request.',
  503: 'The requested service is not currently available.',
}

/**
 * The page of the servlet container that stands for refusals of its own. Its heading has the message, as in 6.2; its
 * paragraphs are those of 6.4, in which VMware's migration tool looks for `Message</b>(.*?)</p>`.
 *
 * @see nsxv-api.md 3.2
 */
export function statusPage(status: number, message: string): string {
  const text = escapeXml(message)
  const rule = '<HR size="1" noshade="noshade">'
  return `<html><head><title>${server} - Error report</title><style><!--${style}--></style> </head><body><h1>HTTP Status ${status} - ${text}</h1>${rule}<p><b>Type</b> Status Report</p><p><b>Message</b> ${text}</p><p><b>Description</b> ${escapeXml(descriptions[status] ?? '')}</p>${rule}<h3>${server}</h3></body></html>`
}
