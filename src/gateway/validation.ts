import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import { AccessError } from '../access/errors.ts'
import { maskSecrets } from '../audit/mask.ts'

const options = { allErrors: false, strict: false, verbose: true, useDefaults: false } as const
// A body says what it says; in a URL everything is text.
const bodies = new Ajv(options)
const urls = new Ajv({ ...options, coerceTypes: true })
const compiled = new WeakMap<object, ValidateFunction>()

/** Compiles a schema when it is first needed: a server with hundreds of routes starts at once. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  const ajv = httpPart === 'body' ? bodies : urls
  return (value) => {
    let validate = compiled.get(schema)
    if (!validate) {
      validate = ajv.compile(schema)
      compiled.set(schema, validate)
    }
    if (validate(value)) return { value }
    const [error] = validate.errors ?? []
    if (!error) return { error: new AccessError('invalid_field', 'the request is not valid') }
    return { error: new AccessError('invalid_field', describe(error), { field: fieldOf(error) }) }
  }
}

/** The property that is wrong, missing or too many. */
function fieldOf({ instancePath, params }: ErrorObject): string {
  const named: string | undefined = params.missingProperty ?? params.additionalProperty
  const path = instancePath.slice(1).replaceAll('/', '.')
  return [path, named].filter(Boolean).join('.') || 'body'
}

const longestShown = 100

/** A validation error in NSX's words. @see nsx-api.md 0.9 */
function describe(error: ErrorObject): string {
  const property = error.instancePath.slice(1).replaceAll('/', '.') || 'body'
  const { params, parentSchema } = error
  const inside = (name: string) => (property === 'body' ? name : `${property}.${name}`)
  const value = () => {
    const [shown] = Object.values(maskSecrets({ [property]: error.data }) as object)
    const text = typeof shown === 'string' ? shown : (JSON.stringify(shown) ?? 'nothing')
    return text.length > longestShown ? `${text.slice(0, longestShown)}...` : text
  }
  switch (error.keyword) {
    case 'required':
      return `required property ${inside(params.missingProperty)} is missing`
    case 'additionalProperties':
      return `${inside(params.additionalProperty)} is not a valid property`
    case 'minimum':
    case 'maximum':
      return `value ${value()} of property ${property} is out of range [${parentSchema?.minimum ?? ''}, ${parentSchema?.maximum ?? ''}]`
    case 'maxLength':
    case 'maxItems':
      return `${property} has exceeded maximum size ${params.limit}`
    case 'minLength':
    case 'minItems':
      return `${property} is below minimum size ${params.limit}`
    case 'enum':
      return `value ${value()} of property ${property} is not one of the allowed values [${params.allowedValues.join(', ')}]`
    case 'const':
      return `value ${value()} of property ${property} is not one of the allowed values [${params.allowedValue}]`
    case 'pattern':
      return `value ${value()} of property ${property} does not match ${params.pattern}`
    case 'type':
      return `${property === 'body' ? 'the body' : `value ${value()} of property ${property}`} is not of type ${params.type}`
    default:
      return `property ${property} ${error.message ?? 'is not valid'}`
  }
}
