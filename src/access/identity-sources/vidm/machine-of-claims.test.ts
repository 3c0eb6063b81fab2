import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machineOf } from './machine-of-claims.ts'

const machine = (claims: object) => machineOf({ sub: 'ci-bot', exp: 0, ...claims }, 'nsx', 7000)

test('a client that is the subject of its own token is a program', () => {
  const robot = { kind: 'machine', name: 'ci-bot', nodeId: undefined, until: 7000 }
  for (const claims of [
    { client_id: 'ci-bot' },
    { azp: 'ci-bot' },
    { client_id: 'ci-bot', azp: 'ci-bot' },
    { client_id: 'ci-bot', scope: 'infra:write', groups: ['admins'] },
    { client_id: 'ci-bot', scp: ['infra:write'] },
  ]) {
    assert.deepEqual(machine(claims), robot, JSON.stringify(claims))
  }
})

test('a person is none, whatever they are called', () => {
  for (const claims of [
    {},
    { client_id: 'nsx' },
    { client_id: 'Ci-Bot' },
    { client_id: 'ci-bot', azp: 'nsx' },
    { client_id: null, azp: 'ci-bot' },
    { client_id: ['ci-bot'] },
    // Through a client of their own name.
    ...['preferred_username', 'email', 'name', 'nonce', 'auth_time', 'sid', 'acr', 'act'].map((name) => ({
      client_id: 'ci-bot',
      [name]: 'x',
    })),
    { client_id: 'ci-bot', scope: 'openid profile' },
    { client_id: 'ci-bot', scp: ['openid'] },
    // The client that people sign in through.
    { sub: 'nsx', client_id: 'nsx' },
    { sub: 'nsx', azp: 'nsx' },
  ]) {
    assert.equal(machine(claims), undefined, JSON.stringify(claims))
  }
})

test('a program can say which node of its cluster it is', () => {
  const nodeOf = (node_id: unknown) => machine({ client_id: 'ci-bot', node_id })?.nodeId
  assert.equal(nodeOf('n1'), 'n1')
  for (const none of [7, null, ['n1'], {}, '']) assert.equal(nodeOf(none), '', JSON.stringify(none))
})
