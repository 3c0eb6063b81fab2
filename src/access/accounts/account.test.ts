import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Account,
  accountStatus,
  adminUserid,
  auditUserid,
  firstCreatedUserid,
  mustChangePassword,
  rootUserid,
} from './account.ts'

const day = 24 * 60 * 60 * 1000
const changedAt = Date.UTC(2026, 2, 1, 18, 30)

const account: Account = {
  realmId: 'managers',
  userid: 10_003,
  username: 'guestuser1',
  fullName: 'Guest User1',
  accountType: 'guest',
  active: 1,
  passwordVersion: 0,
  passwordChangedAt: changedAt,
  passwordChangeFrequency: 90,
  passwordChangeWarning: 7,
  passwordResetRequired: 0,
}

test('root, admin and audit have the ids 0, 10000 and 10002, and created users start at 10005', () => {
  assert.deepEqual([rootUserid, adminUserid, auditUserid, firstCreatedUserid], [0, 10_000, 10_002, 10_005])
})

test('an account is not activated, active, or active with an expired password', () => {
  for (const [changes, passed, status] of [
    [{}, 0, 'ACTIVE'],
    [{}, 91 * day - 1, 'ACTIVE'],
    [{}, 91 * day, 'PASSWORD_EXPIRED'],
    [{ passwordChangeFrequency: 1 }, 2 * day - 1, 'ACTIVE'],
    [{ passwordChangeFrequency: 1 }, 2 * day, 'PASSWORD_EXPIRED'],
    [{ passwordChangeFrequency: 9999 }, 10_000 * day - 1, 'ACTIVE'],
    [{ passwordChangeFrequency: 0 }, 20_000 * day, 'ACTIVE'],
    [{ passwordResetRequired: 1 }, 0, 'ACTIVE'],
    [{ active: 0 }, 0, 'NOT_ACTIVATED'],
    [{ active: 0 }, 91 * day, 'NOT_ACTIVATED'],
    [{ active: 0, passwordResetRequired: 1 }, 0, 'NOT_ACTIVATED'],
  ] as const) {
    assert.equal(accountStatus({ ...account, ...changes }, changedAt + passed), status, JSON.stringify(changes))
  }
})

test('the warning days before expiry change nothing about the status', () => {
  assert.equal(accountStatus({ ...account, passwordChangeWarning: 9999 }, changedAt), 'ACTIVE')
})

test('a password that has expired or was set by somebody else opens the door only to change it', () => {
  for (const [changes, passed, expected] of [
    [{}, 91 * day - 1, false],
    [{}, 91 * day, true],
    [{ passwordChangeFrequency: 0 }, 20_000 * day, false],
    [{ passwordResetRequired: 1 }, 0, true],
    [{ passwordResetRequired: 1, passwordChangeFrequency: 0 }, 20_000 * day, true],
  ] as const) {
    assert.equal(mustChangePassword({ ...account, ...changes }, changedAt + passed), expected, JSON.stringify(changes))
  }
})
