import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupsOf, type MemberKey, makesCircle, wayInto } from './membership.ts'

const within: Record<MemberKey, string[]> = {
  'user u': ['c'],
  'group c': ['a', 'b'],
  'group b': ['d'],
  'group a': ['d'],
  'user c': ['x'],
}
const direct = (member: MemberKey) => within[member]
const groups = (...members: MemberKey[]) => [...groupsOf(members, direct)].sort()

test('a user is in its groups and in the groups that these are in', () => {
  assert.deepEqual(groups('user u'), ['a', 'b', 'c', 'd'])
  assert.deepEqual(groups('group b'), ['d'])
  assert.deepEqual(groups('user nobody'), [])
  assert.deepEqual(groups('user nobody', 'group b'), ['d'])
})

test('the way into a group names the groups that lead there', () => {
  const user = new Map<MemberKey, string[]>([['user u', []]])
  assert.deepEqual(wayInto('d', user, direct), ['c', 'a', 'd'])
  assert.deepEqual(wayInto('c', user, direct), ['c'])
  assert.equal(wayInto('x', user, direct), undefined)
  // Of a directory's groups it is known that they lead there, and not how.
  assert.deepEqual(wayInto('d', new Map<MemberKey, string[]>([['group b', ['b']]]), direct), ['b', 'd'])
})

test('a user of the name of a group is not that group', () => {
  assert.deepEqual(groups('user c'), ['x'])
})

test('a group cannot be made a member of itself, be it by way of others', () => {
  assert.equal(makesCircle('a', 'a', direct), true)
  assert.equal(makesCircle('c', 'd', direct), true)
  assert.equal(makesCircle('a', 'd', direct), true)
  assert.equal(makesCircle('d', 'c', direct), false)
  assert.equal(makesCircle('a', 'b', direct), false)
})

test('groups that are in a circle all the same are found once each', () => {
  const circle = (member: MemberKey) => ({ 'group a': ['b'], 'group b': ['a'] })[member as string]
  assert.deepEqual([...groupsOf(['group a'], circle)].sort(), ['a', 'b'])
})
