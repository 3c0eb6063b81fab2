import fastJson from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'

const compiled = new WeakMap<object, (value: unknown) => string>()

/** Compiles a schema when the first answer needs it; only fields that the schema names leave the server. */
export const compileSerializer: FastifySerializerCompiler<object> = ({ schema }) => {
  return (value) => {
    let serialize = compiled.get(schema)
    if (!serialize) {
      serialize = fastJson(schema) as (value: unknown) => string
      compiled.set(schema, serialize)
    }
    return serialize(value)
  }
}
