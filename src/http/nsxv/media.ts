/** Forms that an answer may have. */
export type Form = 'xml' | 'json' | 'text'

const types: Record<Form, readonly string[]> = {
  xml: ['application/xml', 'text/xml'],
  json: ['application/json'],
  text: ['text/plain'],
}

export const contentTypes: Record<Form, string> = {
  xml: 'application/xml',
  json: 'application/json',
  text: 'text/plain;charset=UTF-8',
}

/** Whether a body is XML, as its content type says. */
export const isXml = (contentType: string | undefined) => /^(application|text)\/xml\b/i.test(contentType ?? '')

/** More types than any client sends; those behind them are not looked at. */
const mostRanges = 32

/**
 * The form in which a client wants its answer: the one it prefers, the first named of those it likes the same.
 *
 * @param accept The Accept header; absent: anything, which is the first form offered.
 * @returns undefined where it wants none of those offered.
 * @see RFC 9110 12.5.1; nsxv-api.md 1
 */
export function formFor(accept: string | undefined, offered: readonly Form[]): Form | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0]
  let best: { form: Form; quality: number } | undefined
  for (const range of accept.split(',', mostRanges)) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const form = offered.find((one) => types[one].some((own) => covers(type, own)))
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    if (form && quality > (best?.quality ?? 0)) best = { form, quality }
  }
  return best?.form
}

function covers(range: string, type: string): boolean {
  return range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)))
}
