import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Client, Exchange } from './client.ts'

type Schema = Record<string, unknown>
interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components?: Schema
}

/** The API's own description, and what holds live answers against it. */
export interface Description {
  document: Document
  /** @throws when the answer is not as the description says. */
  check(exchange: Exchange): void
}

/**
 * Reads an API's description.
 *
 * @param at Its own path; NSX Manager's unless said otherwise.
 * @param prefix What its paths are below.
 */
export async function readDescription(
  client: Client,
  at = '/api/v1/spec/openapi/nsx_api.json',
  prefix = '',
): Promise<Description> {
  const { json } = await client.get(at)
  const document = json as Document
  const { components } = document
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const compiled = new WeakMap<Schema, ValidateFunction>()
  const templates = Object.entries(document.paths).map(([template, operations]) => {
    const [path = '', action] = template.split('?action=')
    const pattern = new RegExp(`^${prefix}${path.replace(/\{[^}]+\}/g, '[^/]+').replaceAll('.', '\\.')}$`)
    return { action, pattern, literal: !path.includes('{'), operations }
  })

  return {
    document,
    check({ method, path, answer }) {
      const { pathname, searchParams } = new URL(path, 'https://lab')
      const action = searchParams.get('action') ?? undefined
      const matching = templates.filter(
        (t) => t.pattern.test(pathname) && t.operations[method.toLowerCase()] && (t.action ?? action) === action,
      )
      const found =
        matching.find((t) => t.action === action && t.literal) ??
        matching.find((t) => t.action === action) ??
        matching[0]
      const operation = found?.operations[method.toLowerCase()]
      if (!operation) return
      const { responses } = operation
      const response = responses[answer.status] ?? responses[`${String(answer.status)[0]}XX`] ?? responses.default
      assert(response, `${method} ${path} answered ${answer.status}, which its description does not have`)
      const schema = response.content?.['application/json']?.schema
      if (!schema || answer.text === '') return
      let validate = compiled.get(schema)
      if (!validate) {
        validate = ajv.compile({ ...schema, components })
        compiled.set(schema, validate)
      }
      assert(
        validate(answer.json),
        `${method} ${path} ${answer.status}: ${ajv.errorsText(validate.errors)}\n${answer.text}`,
      )
    },
  }
}
