import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { databases, openLab } from '../lab.ts'
import { routesOf } from '../routes.ts'

const json = '/api/v1/spec/openapi/nsx_api.json'
const yaml = '/api/v1/spec/openapi/nsx_api.yaml'

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: object
}
interface Content {
  content?: Record<string, { schema: object }>
}
interface Operation {
  summary?: string
  operationId?: string
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content & { description?: string }>
  security: Record<string, string[]>[]
}
interface Document {
  openapi: string
  info: Record<string, unknown>
  paths: Record<string, Record<string, Operation>>
  components: { securitySchemes: Record<string, unknown>; schemas?: Record<string, object> }
}

const methods = ['get', 'put', 'post', 'delete', 'patch']

for (const database of databases) {
  test(`${database.kind}: every route is described, or refuses whoever calls it`, database, async () => {
    await using lab = await openLab(database)
    const { paths } = (await lab.a.get(json)).json as Document
    const described = new Set(
      Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((m) => `${m} ${path}`)),
    )
    const routes = await routesOf(lab)
    const seen = new Set<string>()
    const silent: string[] = []
    for (const { method, url, config } of routes) {
      // Other APIs than NSX Manager's have descriptions of their own.
      if (config?.face !== undefined) continue
      const action = config?.action === undefined ? '' : `?action=${config.action}`
      for (const one of [method].flat()) {
        const call = `${one.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}${action}`
        if (described.has(call)) seen.add(call)
        else if (url.startsWith('/docs') || [json, yaml, '/health', '/health/live', '/health/ready', '/'].includes(url))
          continue
        else {
          const { status } = await lab.admin.send(one, url.replace(/:\w+/g, 'x').replace('*', 'x'))
          if (![400, 404, 405, 501].includes(status)) silent.push(`${call}: ${status}`)
        }
      }
    }
    assert.deepEqual(silent, [])
    assert.deepEqual([...seen].sort(), [...described].sort())
    assert.ok(seen.size > 80, `${seen.size}`)
  })

  test(`${database.kind}: the YAML says what the JSON says, to whoever asks`, database, async () => {
    await using lab = await openLab(database)
    const asJson = await lab.a.get(json)
    assert.equal(asJson.status, 200)
    assert.match(asJson.headers['content-type'] ?? '', /^application\/json/)
    const asYaml = await lab.a.get(yaml)
    assert.equal(asYaml.status, 200)
    assert.match(asYaml.headers['content-type'] ?? '', /yaml/)
    assert.deepEqual(parse(asYaml.text), asJson.json)
    assert.equal((await lab.b.get(json)).text, asJson.text)
  })

  test(`${database.kind}: the description is readable at /docs`, database, async () => {
    await using lab = await openLab(database)
    let page = await lab.a.get('/docs')
    if (page.status === 302) page = await lab.a.get(new URL(page.headers.location ?? '', `${lab.a.url}/docs`).pathname)
    assert.equal(page.status, 200)
    assert.match(page.headers['content-type'] ?? '', /^text\/html/)
    assert.match(page.text, /<!DOCTYPE html>/i)
    const scripts = [...page.text.matchAll(/<script[^>]+src="([^"]+)"/g)].map(([, src = '']) => src)
    assert.ok(scripts.length > 0)
    for (const src of scripts) {
      const script = await lab.a.get(new URL(src, `${lab.a.url}/docs/`).pathname)
      assert.equal(script.status, 200, src)
      assert.match(script.headers['content-type'] ?? '', /javascript/)
    }
    assert.deepEqual((await lab.a.get('/docs/json')).json, (await lab.a.get(json)).json)
  })

  test(`${database.kind}: the description is an OpenAPI 3.1 document`, database, async () => {
    await using lab = await openLab(database)
    const document = (await lab.a.get(json)).json as Document
    assert.match(document.openapi, /^3\.1\.\d+$/)
    assert.equal(typeof document.info.title, 'string')
    assert.equal(typeof document.info.version, 'string')
    const known = ['openapi', 'info', 'servers', 'paths', 'webhooks', 'components', 'security', 'tags', 'externalDocs']
    for (const field of Object.keys(document)) assert.ok(known.includes(field) || field === 'jsonSchemaDialect', field)

    const ajv = new Ajv2020({ strict: false })
    const operationIds: string[] = []
    for (const [path, operations] of Object.entries(document.paths)) {
      assert.match(path, /^\/([\w.-]+|\{\w+\})(\/([\w.-]+|\{\w+\}))*(\?action=[\w-]+)?$/)
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
      for (const [method, operation] of Object.entries(operations)) {
        const call = `${method} ${path}`
        assert.ok(methods.includes(method), call)
        assert.ok(operation.summary, `${call} has no summary`)
        if (operation.operationId) operationIds.push(operation.operationId)

        const parameters = operation.parameters ?? []
        const names = (place: string) => parameters.filter((p) => p.in === place).map(({ name }) => name)
        assert.deepEqual(names('path').sort(), inPath, call)
        assert.equal(new Set(parameters.map((p) => `${p.in} ${p.name}`)).size, parameters.length, call)
        for (const parameter of parameters) {
          assert.ok(['path', 'query', 'header', 'cookie'].includes(parameter.in), call)
          if (parameter.in === 'path') assert.equal(parameter.required, true, call)
          ajv.compile(parameter.schema)
        }

        const bodies: Content[] = Object.values(operation.responses)
        if (operation.requestBody) {
          assert.ok(Object.keys(operation.requestBody.content ?? {}).length > 0, call)
          assert.ok(method !== 'get' && method !== 'delete', call)
          bodies.push(operation.requestBody)
        }
        for (const { content = {} } of bodies) {
          for (const [type, { schema }] of Object.entries(content)) {
            assert.match(type, /^[\w.+-]+\/[\w.+*-]+$/, call)
            ajv.compile(schema)
          }
        }
        assert.ok(
          Object.keys(operation.responses).some((status) => /^(2\d\d|302)$/.test(status)),
          call,
        )
        for (const [status, { description }] of Object.entries(operation.responses)) {
          assert.match(status, /^([1-5](\d\d|XX)|default)$/, call)
          assert.equal(typeof description, 'string', call)
        }

        assert.ok(Array.isArray(operation.security), call)
        for (const name of operation.security.flatMap((scheme) => Object.keys(scheme))) {
          assert.ok(name in document.components.securitySchemes, `${call}: ${name}`)
        }
      }
    }
    assert.equal(new Set(operationIds).size, operationIds.length)
  })

  test(`${database.kind}: the description says who needs to sign in, and with what`, database, async () => {
    await using lab = await openLab(database)
    const { paths } = (await lab.a.get(json)).json as Document
    const open = Object.entries(paths).filter(([, operations]) =>
      Object.values(operations).some(({ security }) => security.length === 0),
    )
    assert.deepEqual(
      open.map(([path]) => path),
      ['/api/session/create', '/api/session/oidc/login', '/api/session/oidc/callback'],
    )
    for (const [path, operations] of Object.entries(paths)) {
      const get = operations.get
      if (!get || path.includes('{') || get.security.length === 0) continue
      assert.equal((await lab.a.get(path)).status, 403, path)
      assert.deepEqual(get.security, [{ basic: [] }, { bearer: [] }, { session: [], xsrf: [] }])
    }
  })

  test(`${database.kind}: the description says which permission a call needs`, database, async () => {
    await using lab = await openLab(database)
    const { paths } = (await lab.a.get(json)).json
    const needs = (path: string, method: string) => paths[path][method]['x-sallyport-requires']
    const segment = '/policy/api/v1/infra/segments/{id}'
    assert.deepEqual(needs(segment, 'get'), { feature: 'policy_segment', permission: 'read' })
    assert.deepEqual(needs(segment, 'delete'), { feature: 'policy_segment', permission: 'crud' })
    assert.deepEqual(needs('/api/v1/aaa/role-bindings', 'post'), {
      feature: 'users_role_assignments',
      permission: 'crud',
    })
    assert.equal(needs('/api/v1/aaa/user-info', 'get'), undefined)
  })

  test(`${database.kind}: the form that creates a session is described`, database, async () => {
    await using lab = await openLab(database)
    const { paths } = (await lab.a.get(json)).json as Document
    const create = paths['/api/session/create']?.post
    const form = create?.requestBody?.content?.['application/x-www-form-urlencoded']?.schema as
      | { properties?: object }
      | undefined
    assert.deepEqual(Object.keys(form?.properties ?? {}).sort(), ['j_password', 'j_username'])
  })
}
