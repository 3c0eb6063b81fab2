import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOfChild } from './nsx-places.ts'
import { nsxRules } from './nsx-rules.ts'
import { ownPathOf } from './own-paths.ts'
import { compileRules } from './rules.ts'

const rules = compileRules(nsxRules)

test('no shipped rule contradicts another, and none speaks of what is Sallyport’s own', () => {
  const seen = new Map<string, string>()
  for (const { methods, path, action, feature, permission } of nsxRules) {
    assert.equal(ownPathOf(path), undefined, path)
    for (const method of methods) {
      const name = `${method} ${path} ${action}`
      const says = `${feature} ${permission}`
      assert.equal(seen.get(name) ?? says, says, name)
      seen.set(name, says)
    }
  }
})

test('reading asks for read, and whatever changes something for more; only the tree’s root asks for nothing itself', () => {
  for (const { methods, path, permission, body } of nsxRules) {
    for (const method of methods) {
      if (method === 'GET') assert.equal(permission, 'read', path)
      else if (permission === 'none') assert.equal(body, 'tree', path)
      else if (permission === 'read') assert.equal(method, 'POST', path)
    }
  }
  assert.equal(nsxRules.filter(({ permission }) => permission === 'none').length, 1)
})

test('calls find the feature they belong to', () => {
  for (const [method, url, name] of [
    ['GET', '/policy/api/v1/infra/segments', 'policy_segment read'],
    ['PATCH', '/policy/api/v1/infra/tier-1s/t/segments/s', 'policy_segment crud'],
    ['PUT', '/policy/api/v1/infra/domains/default/groups/g', 'policy_grouping crud'],
    ['DELETE', '/policy/api/v1/infra/domains/default/security-policies/p/rules/r', 'policy_dfw crud'],
    ['GET', '/policy/api/v1/infra/tier-0s/t/locale-services/l/bgp', 'policy_t0 read'],
    ['PATCH', '/policy/api/v1/infra/tier-1s/t/nat/USER/nat-rules/r', 'policy_nat_rules crud'],
    ['POST', '/policy/api/v1/infra/tier-1s/t?action=reprocess', 'policy_t1 crud'],
    ['POST', '/api/v1/logical-switches', 'switching_switches crud'],
    ['POST', '/api/v1/firewall/sections/s?action=list_with_rules', 'firewall_general read'],
    ['PUT', '/api/v1/fabric/compute-managers/c', 'compute_managers_compute_managers crud'],
    ['GET', '/api/v1/fabric/virtual-machines', 'vm_vm_info read'],
  ] as const) {
    const ruling = rules.rule(method, url)
    assert('rule' in ruling, `${method} ${url}`)
    assert.equal(`${ruling.rule.feature} ${ruling.rule.permission}`, name, url)
  }
})

test('children of a hierarchical body are found where their type is kept, and each has a rule of its own', () => {
  const infra = '/policy/api/v1/infra'
  assert.deepEqual(placeOfChild(infra, 'Segment'), { segment: 'segments', single: false })
  assert.deepEqual(placeOfChild(`${infra}/tier-1s/{}`, 'Segment'), { segment: 'segments', single: false })
  assert.deepEqual(placeOfChild(`${infra}/tier-0s/{}/locale-services/{}`, 'BgpRoutingConfig'), {
    segment: 'bgp',
    single: true,
  })
  assert.equal(placeOfChild(infra, 'Group'), undefined)
  assert.equal(placeOfChild(infra, '__proto__'), undefined)
})
