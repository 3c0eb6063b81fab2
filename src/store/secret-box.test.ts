import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSecretBox } from './secret-box.ts'

function temporaryDir(): Disposable & { dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-box-'))
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

test('a secret is read again, also by the next process, and never twice looks the same', () => {
  using temporary = temporaryDir()
  const box = createSecretBox(temporary.dir)
  for (const secret of ['', 'Cl1ent.Secret', 'ключ 😀', 'x'.repeat(5000)]) {
    const sealed = box.seal(secret)
    assert.notEqual(box.seal(secret), sealed)
    assert.equal(box.open(sealed), secret)
    assert.equal(createSecretBox(temporary.dir).open(sealed), secret)
    assert(secret === '' || !sealed.includes(secret))
  }
})

test('the key is for its owner only', () => {
  using temporary = temporaryDir()
  createSecretBox(temporary.dir).seal('x')
  const file = join(temporary.dir, 'secrets.key')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(readFileSync(file).length, 32)
})

test('what was changed, cut, or sealed under another key is not read', () => {
  using temporary = temporaryDir()
  using elsewhere = temporaryDir()
  const box = createSecretBox(temporary.dir)
  const sealed = box.seal('Cl1ent.Secret')
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  const changed = [...bytes.keys()].map((at) => {
    const copy = Buffer.from(bytes)
    copy[at]! ^= 1
    return `v1.${copy.toString('base64url')}`
  })
  for (const text of ['', 'v1.', 'v1.AAAA', `v2${sealed.slice(2)}`, sealed.slice(0, -4), ...changed]) {
    assert.throws(() => box.open(text), { name: 'StoreError' }, text)
  }
  const other = createSecretBox(elsewhere.dir)
  assert.throws(() => other.open(sealed), { name: 'StoreError' })
  other.seal('y')
  assert.throws(() => other.open(sealed), { name: 'StoreError' })
  writeFileSync(join(elsewhere.dir, 'secrets.key'), 'short')
  assert.throws(() => createSecretBox(elsewhere.dir).seal('z'), { name: 'StoreError', message: /not a key/ })
})
