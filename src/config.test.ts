import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from './config.ts'

test('all that is wrong in flags, variables and the file is told at once, and nothing is made', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-config-'))
  try {
    const file = join(dir, 'sallyport.yaml')
    writeFileSync(
      file,
      `
nodNme: a
logLevel: loud
vsphereHosts: 0
relay:
  upstreams:
    - { name: 'a b', url: 'https://nsx' }
    - { name: nsx, url: 'http://nsx', paths: [/api], credential: { kind: basic, user: u, password: p } }
  rules:
    - { path: 7 }
    - { methods: [GET], path: /a, feature: f, permission: read, body: all }
`,
    )
    const flags = { lab: true, config: file, nodeName: '-', consoleExplanations: 'maybe' }
    const environment = { SALLYPORT_HTTPS_PORT: '70000', SALLYPORT_NODENAME: 'x' }
    let message = ''
    try {
      readConfig(flags, environment)
    } catch (error) {
      message = (error as Error).message
    }
    assert.deepEqual(message.split('; '), [
      `config: ${file} has unknown settings: nodNme (did you mean nodeName?)`,
      'SALLYPORT_NODENAME: there is no such setting (did you mean SALLYPORT_NODE_NAME?)',
      'nodeName: - is not a host name',
      'httpsPort: 70000 is not a whole number from 0 to 65535',
      'consoleExplanations: maybe is none of on, off',
      'logLevel: loud is none of info, debug, warn, error',
      'vsphereHosts: 0 would leave clusters nothing to run on',
      'relay.upstreams[0].name: a b is not a name',
      'relay.upstreams[1].url: it must begin with https://',
      'relay.rules[0].path: it must be text',
      'relay.rules[1].body: all is none of objects, stream',
    ])
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('a lab takes the _revision that playbooks send, and a lab with a relay does not, unless told otherwise', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-config-'))
  try {
    const config = join(dir, 'sallyport.json')
    const upstream = { name: 'nsx', url: 'https://nsx', paths: ['/api'] }
    const credential = { kind: 'basic', user: 'u', password: 'p' }
    writeFileSync(config, JSON.stringify({ relay: { upstreams: [{ ...upstream, credential }] } }))
    const lenient = (flags: object) => readConfig({ dataDir: dir, ...flags }, {}).lenientRevision
    assert.equal(lenient({ lab: true }), true)
    assert.equal(lenient({}), false)
    assert.equal(lenient({ lab: true, config }), false)
    assert.equal(lenient({ lab: true, config, apiServiceRevision: 'lenient' }), true)
    assert.equal(lenient({ lab: true, apiServiceRevision: 'strict' }), false)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
