import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessError } from '../errors.ts'
import type { LocalUser, RemotePerson, RemoteUser } from '../principal.ts'
import {
  type BoundSubject,
  hasRoomForGroup,
  isAbout,
  mostLdapGroups,
  newSubject,
  requireSameSubject,
  type SentSubject,
} from './binding-subject.ts'

const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AccessError)
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

test('a new binding is about a remote user, a remote group, or either in LDAP', () => {
  const name = 'jane@corp.test'
  for (const [sent, subject] of [
    [
      { type: 'remote_user', name },
      { type: 'remote_user', name, sourceType: 'VIDM', sourceId: '' },
    ],
    [
      { type: 'remote_group', name, sourceType: 'LDAP', sourceId: 'corp' },
      { type: 'remote_group', name, sourceType: 'LDAP', sourceId: 'corp' },
    ],
    [
      { type: 'remote_user', name, sourceType: 'OIDC', sourceId: 'idp' },
      { type: 'remote_user', name, sourceType: 'OIDC', sourceId: 'idp' },
    ],
    [
      { type: 'remote_user', name, sourceType: 'LDAP' },
      { type: 'remote_user', name, sourceType: 'LDAP', sourceId: '' },
    ],
    [
      { type: 'remote', name },
      { type: 'remote', name, sourceType: 'LDAP', sourceId: '' },
    ],
    [
      { type: 'remote_user', name, sourceType: 'CSP' },
      { type: 'remote_user', name, sourceType: 'CSP', sourceId: '' },
    ],
  ] as [SentSubject, unknown][]) {
    assert.deepEqual(newSubject(sent), subject)
  }
  for (const [sent, code, message] of [
    [{ name }, 'invalid_field', /required property type is missing/],
    [{ type: 'remote_user' }, 'invalid_field', /required property name is missing/],
    [{ type: 'nobody', name }, 'invalid_field', /type/],
    [{ type: 'local_user', name }, 'binding_fixed', /local user/],
    [{ type: 'principal_identity', name }, 'binding_fixed', /principal identity/],
    [{ type: 'remote', name, sourceType: 'OIDC' }, 'invalid_field', /identity_source_type is not LDAP/],
    [{ type: 'remote_user', name, sourceType: 'AD' }, 'invalid_field', /identity_source_type/],
    [{ type: 'remote_user', name, sourceId: 'x' }, 'invalid_field', /identity_source_id/],
    [{ type: 'remote_user', name, sourceType: 'CSP', sourceId: 'x' }, 'invalid_field', /identity_source_id/],
  ] as [SentSubject, string, RegExp][]) {
    assert.throws(() => newSubject(sent), refused(code, message))
  }
})

test('a change may repeat whom a binding is about, in any case, and may not say anyone else', () => {
  const jane: BoundSubject = { type: 'remote_user', name: 'Jane@corp.test', sourceType: 'LDAP', sourceId: 'corp' }
  const local: BoundSubject = { type: 'local_user', name: 'guest', sourceType: '', sourceId: '' }
  for (const [bound, sent] of [
    [jane, {}],
    [jane, { type: 'remote_user', name: 'jane@CORP.test', sourceType: 'LDAP', sourceId: 'corp' }],
    [local, { type: 'local_user', name: 'GUEST' }],
  ] as [BoundSubject, SentSubject][]) {
    requireSameSubject(bound, sent)
  }
  for (const [bound, sent, message] of [
    [jane, { type: 'remote_group' }, /property type/],
    [jane, { name: 'jane' }, /property name/],
    [jane, { sourceType: 'OIDC' }, /identity_source_type/],
    [jane, { sourceId: 'Corp' }, /identity_source_id/],
    [jane, { sourceId: '' }, /identity_source_id/],
    [local, { sourceType: 'LDAP' }, /identity_source_type is not a valid property/],
    [local, { sourceId: '' }, /not a valid property/],
  ] as [BoundSubject, SentSubject, RegExp][]) {
    assert.throws(() => requireSameSubject(bound, sent), refused('invalid_field', message))
  }
})

test('a binding is about a caller by their name and by the names of their groups, in its own source', () => {
  const person: RemotePerson = {
    sourceType: 'LDAP',
    sourceId: 'corp',
    name: 'Jane@corp.test',
    groups: ['Net Admins', 'ops'],
  }
  const remote = { kind: 'remote_user', person } as RemoteUser
  const local = { kind: 'local_user', account: { userid: 10_003 } } as LocalUser
  const bound = (type: BoundSubject['type'], name: string, sourceId = 'corp', sourceType = 'LDAP') => ({
    type,
    name,
    sourceType,
    sourceId,
  })
  for (const [caller, subject, about] of [
    [remote, bound('remote_user', 'jane@CORP.test'), true],
    [remote, bound('remote', 'jane@corp.test'), true],
    [remote, bound('remote_user', 'jane@corp.test', ''), true],
    [remote, bound('remote_group', 'net admins'), true],
    [remote, bound('remote', 'OPS'), true],
    [remote, bound('remote_group', 'ops', ''), true],
    [remote, bound('remote_group', 'jane@corp.test'), false],
    [remote, bound('remote_user', 'ops'), false],
    [remote, bound('remote_group', 'op'), false],
    [remote, bound('remote_user', 'jane@corp.test', 'other'), false],
    [remote, bound('remote_user', 'jane@corp.test', 'corp', 'OIDC'), false],
    [remote, { ...bound('local_user', 'jane@corp.test', '', ''), userid: 10_003 }, false],
    [local, { ...bound('local_user', 'guestuser1', '', ''), userid: 10_003 }, true],
    [local, { ...bound('local_user', 'guestuser2', '', ''), userid: 10_004 }, false],
    [local, bound('remote_user', 'guestuser1'), false],
  ] as const) {
    assert.equal(isAbout(caller, subject), about, `${caller.kind} ${JSON.stringify(subject)}`)
  }
})

test('an LDAP source has room for twenty groups; those of every source count in each', () => {
  const some = (count: number, id: string) => Array<string>(count).fill(id)
  assert.equal(mostLdapGroups, 20)
  for (const [bound, id, room] of [
    [[], 'corp', true],
    [some(19, 'corp'), 'corp', true],
    [some(20, 'corp'), 'corp', false],
    [some(20, 'corp'), 'other', true],
    [some(20, 'corp'), '', false],
    [[...some(15, 'corp'), ...some(5, '')], 'corp', false],
    [[...some(15, 'corp'), ...some(5, '')], 'other', true],
    [[...some(15, 'corp'), ...some(15, 'other')], '', true],
    [some(20, ''), 'corp', false],
  ] as [string[], string, boolean][]) {
    assert.equal(hasRoomForGroup(bound, id), room, `${bound} ${id}`)
  }
})
