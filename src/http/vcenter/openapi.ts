import type { FastifyPluginAsync } from 'fastify'
import { isHostAndPort } from '../../access/api-service.ts'
import { successStatus } from './call.ts'
import { restFace } from './faces.ts'
import { operations } from './operations/index.ts'
import { sessionName } from './session-id.ts'
import { type VapiErrorName, vapiErrors } from './vapi/errors.ts'
import type { Operation } from './vapi/operation.ts'
import { queryPlaces } from './vapi/query.ts'
import type { Fields, VapiType } from './vapi/types.ts'

type Schema = Record<string, unknown>

/** Where the description's reader puts the host that they asked. */
const hostToken = 'the-host-that-was-asked'

export const descriptionPath = '/api/vcenter/openapi.json'

/** `com.vmware.vcenter.VM.filter_spec` as `VcenterVMFilterSpec`, which is what PowerCLI's commands are named by. */
export function pascalName(name: string): string {
  return name
    .replace(/^com\.vmware\./, '')
    .split(/[._]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
}

/** The REST operations of vCenter, described by their own declarations. */
export function vcenterDescription(): Schema {
  const schemas: Record<string, Schema> = { VapiStdErrorsError: errorSchema() }
  const paths: Record<string, Record<string, Schema>> = {}
  for (const operation of operations) {
    const { rest } = operation
    if (!rest) continue
    // Calls that differ in their action only are told apart as vCenter's own description does.
    const path = rest.action === undefined ? rest.path : `${rest.path}?action=${rest.action}`
    paths[path] ??= {}
    paths[path][rest.method.toLowerCase()] = describe(operation, schemas)
  }
  return {
    openapi: '3.0.3',
    info: {
      title: 'Sallyport: vCenter API',
      description: "vCenter's sessions, inventory and authorization as Sallyport serves them.",
      version: '1',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: 'https://{host}/api', variables: { host: { default: hostToken } } }],
    security: [{ session_id: [] }],
    tags: [...new Set(operations.filter(({ rest }) => rest).map(({ service }) => service))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        session_id: { type: 'apiKey', in: 'header', name: sessionName },
        basic_auth: { type: 'http', scheme: 'basic' },
      },
    },
  }
}

function describe(operation: Operation, schemas: Record<string, Schema>): Schema {
  const { service, id, summary, input, output, requires, rest, signs } = operation
  const { path = '', query = [], body } = rest ?? {}
  const schemaOf = (type: VapiType) => schemaIn(type, schemas)
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: schemaOf(input[name] as VapiType),
    })),
    ...queryPlaces(input, query, true).map(({ name, type }) => ({
      name,
      in: 'query',
      required: type.kind !== 'optional',
      schema: schemaOf(type),
    })),
  ]
  const requestBody = signs === 'in' ? signInBody : body === undefined ? undefined : bodyOf(input, body, schemaOf)
  return {
    tags: [service],
    operationId: pascalName(`${service}.${id}`),
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: {
      [successStatus(operation)]: {
        description: 'Success',
        ...(output.kind === 'void' ? {} : { content: jsonContent(schemaOf(output)) }),
      },
      ...errorAnswers(operation),
    },
    ...(signs === 'in' ? { security: [{ basic_auth: [] }, {}] } : {}),
    ...(typeof requires === 'object' ? { 'x-sallyport-requires': requires } : {}),
  }
}

const jsonContent = (schema: Schema) => ({ 'application/json': { schema } })

/** Instead of the header, for clients that cannot send it. @see vcenter-api.md 1.1 */
const signInBody = {
  required: false,
  content: jsonContent({
    type: 'object',
    properties: { username: { type: 'string' }, password: { type: 'string', format: 'password' } },
    required: ['username', 'password'],
  }),
}

function bodyOf(input: Fields, body: string | readonly string[], schemaOf: (type: VapiType) => Schema): Schema {
  const type: VapiType =
    typeof body === 'string'
      ? (input[body] as VapiType)
      : { kind: 'structure', name: '', fields: Object.fromEntries(body.map((name) => [name, input[name] as VapiType])) }
  const required = type.kind === 'structure' ? requiredOf(type.fields).length > 0 : type.kind !== 'optional'
  return { required, content: jsonContent(schemaOf(type)) }
}

const requiredOf = (fields: Fields) => Object.keys(fields).filter((name) => fields[name]?.kind !== 'optional')

/** A type's schema; structures and enumerations are among the components, by name. */
function schemaIn(type: VapiType, schemas: Record<string, Schema>): Schema {
  switch (type.kind) {
    case 'string':
    case 'id':
      return { type: 'string' }
    case 'secret':
      return { type: 'string', format: 'password' }
    case 'integer':
      return { type: 'integer', format: 'int64' }
    case 'double':
      return { type: 'number', format: 'double' }
    case 'boolean':
      return { type: 'boolean' }
    case 'datetime':
      return { type: 'string', format: 'date-time' }
    case 'void':
      return {}
    case 'optional':
      return schemaIn(type.of, schemas)
    case 'list':
      return { type: 'array', items: schemaIn(type.of, schemas) }
    case 'set':
      return { type: 'array', uniqueItems: true, items: schemaIn(type.of, schemas) }
    case 'map':
      return { type: 'object', additionalProperties: schemaIn(type.of, schemas) }
    case 'enumeration':
      return component(type.name, schemas, () => ({ type: 'string', enum: type.values }))
    case 'structure': {
      const { name, fields } = type
      return component(name, schemas, () => {
        const required = requiredOf(fields)
        // What cannot be set is there for clients that send all fields.
        const shown = Object.entries(fields).filter(([, of]) => of.kind !== 'optional' || of.of.kind !== 'void')
        return {
          type: 'object',
          properties: Object.fromEntries(shown.map(([field, of]) => [field, schemaIn(of, schemas)])),
          ...(required.length > 0 ? { required } : {}),
        }
      })
    }
  }
}

function component(name: string, schemas: Record<string, Schema>, make: () => Schema): Schema {
  if (name === '') return make()
  const key = pascalName(name)
  schemas[key] ??= make()
  return { $ref: `#/components/schemas/${key}` }
}

/** @see vcenter-api.md 1.5 */
function errorSchema(): Schema {
  return {
    type: 'object',
    properties: {
      error_type: { type: 'string', enum: Object.keys(vapiErrors).map((name) => name.toUpperCase()) },
      messages: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            default_message: { type: 'string' },
            args: { type: 'array', items: { type: 'string' } },
          },
          required: ['id', 'default_message', 'args'],
        },
      },
      challenge: { type: 'string' },
    },
    required: ['error_type', 'messages'],
  }
}

/** What a call can be answered with besides what its operation declares. */
const anyCall: VapiErrorName[] = ['invalid_argument', 'unexpected_input', 'invalid_request', 'service_unavailable']

function errorAnswers({ requires, errors = [], signs }: Operation): Record<string, Schema> {
  const names: VapiErrorName[] = [
    ...anyCall,
    ...(requires === 'nothing' && !signs ? [] : (['unauthenticated'] as const)),
    ...(typeof requires === 'object' ? (['unauthorized'] as const) : []),
    ...errors,
  ]
  const answers: Record<string, Schema> = {}
  for (const status of [...new Set(names.map((name) => vapiErrors[name]))].sort()) {
    const here = [...new Set(names.filter((name) => vapiErrors[name] === status))].map((name) => name.toUpperCase())
    answers[status] = errorAnswer(here.join(', '))
  }
  return { ...answers, default: errorAnswer('Any other failure') }
}

const errorAnswer = (description: string) => ({
  description,
  content: jsonContent({ $ref: '#/components/schemas/VapiStdErrorsError' }),
})

/** The description, to whoever asks: importing it is how clients begin. */
export const descriptionRoute: FastifyPluginAsync = async (app) => {
  const { apiService } = app.services
  let json: string | undefined
  app.get(
    descriptionPath,
    { schema: { hide: true }, config: { face: restFace, requires: 'nothing' } },
    async (request, reply) => {
      json ??= JSON.stringify(vcenterDescription())
      const host = request.headers.host ?? ''
      // What a client calls us is not repeated unless it is a host.
      const known = isHostAndPort(host) ? host : apiService.read().config.redirectHost || request.manager.name
      return reply.type('application/json').send(json.replace(hostToken, known))
    },
  )
}
