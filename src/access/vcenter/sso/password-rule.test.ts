import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireAllowedPassword } from './password-rule.ts'
import { defaultSsoPolicy, type SsoPolicy } from './policy.ts'

function refuses(password: string, why: string, changes: Partial<SsoPolicy> = {}): void {
  assert.throws(
    () => requireAllowedPassword(password, { ...defaultSsoPolicy, ...changes }),
    { name: 'AccessError', code: 'password_rejected', message: `The password ${why}`, details: { field: 'password' } },
    password,
  )
}

function allows(password: string, changes: Partial<SsoPolicy> = {}): void {
  assert.doesNotThrow(() => requireAllowedPassword(password, { ...defaultSsoPolicy, ...changes }), password)
}

test('by default a password has 8 to 20 characters', () => {
  refuses('Aa1!aaa', 'is shorter than 8 characters')
  allows('Aa1!abca')
  allows('VMware123!')
  allows('Aa1!Aa1!Aa1!Aa1!Aa1!')
  refuses('Aa1!Aa1!Aa1!Aa1!Aa1!A', 'is longer than 20 characters')
})

test('by default it has an upper-case, a lower-case, a numeric and a special character', () => {
  refuses('abcdefg1!', 'has less than 1 upper-case characters')
  refuses('ABCDEFG1!', 'has less than 1 lower-case characters')
  refuses('Abcdefgh!', 'has less than 1 numeric characters')
  refuses('Abcdefgh1', 'has less than 1 special characters')
  // A letter without case is neither upper nor lower nor special.
  refuses('Abcdefg1字', 'has less than 1 special characters')
  allows('Abcdefg1 ')
})

test('by default no character comes more than three times in a row', () => {
  allows('Abbb1!cc')
  refuses('Abbbb1!c', 'has more than 3 identical characters in a row')
  allows('Abbbbbb1!c', { maximumIdenticalAdjacent: 0 })
})

test('lengths count characters, not their halves', () => {
  allows(`Aa1!${'🔑🔒'.repeat(8)}`)
  refuses(`Aa1!${'🔑🔒'.repeat(9)}`, 'is longer than 20 characters')
  refuses('Aa1🔑🔑', 'is shorter than 8 characters')
})

test('each rule is as the policy has it', () => {
  allows('abcdefgh', { minimumUppercase: 0, minimumDigits: 0, minimumSpecial: 0 })
  refuses('Aa1!abca', 'is shorter than 9 characters', { minimumLength: 9 })
  refuses('Aa1!abca', 'has less than 2 upper-case characters', { minimumUppercase: 2 })
  allows(`Aa1!${'ab'.repeat(20)}`, { maximumLength: 64 })
})
