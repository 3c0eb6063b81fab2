import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSecrets } from './secrets.ts'

function inDataDir(work: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-secrets-'))
  try {
    work(dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

test('a secret is opened again by the key of its data directory, in the place it was sealed for', () =>
  inDataDir((dir) => {
    const sealed = openSecrets(dir).seal('pä$$', 'a 1')
    assert(!Buffer.from(sealed, 'base64').includes('pä$$'))
    assert.notEqual(openSecrets(dir).seal('pä$$', 'a 1'), sealed)
    assert.equal(openSecrets(dir).open(sealed, 'a 1'), 'pä$$')
    assert.equal(openSecrets(dir).open(sealed, 'a 2'), undefined)
    assert.equal(statSync(join(dir, 'secrets.key')).mode & 0o777, 0o600)
    inDataDir((other) => assert.equal(openSecrets(other).open(sealed, 'a 1'), undefined))
  }))

test('a sealed secret that was changed, cut or made up is not opened', () =>
  inDataDir((dir) => {
    const secrets = openSecrets(dir)
    const sealed = Buffer.from(secrets.seal('secret', 'a'), 'base64')
    for (const at of sealed.keys()) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.equal(secrets.open(changed.toString('base64'), 'a'), undefined)
      assert.equal(secrets.open(sealed.subarray(0, at).toString('base64'), 'a'), undefined)
    }
    assert.equal(secrets.open('secret', 'a'), undefined)
  }))

test('a key file that is no key stops the start and is left as it is', () =>
  inDataDir((dir) => {
    writeFileSync(join(dir, 'secrets.key'), 'short')
    assert.throws(() => openSecrets(dir), /secrets\.key is not a key of 32 bytes/)
    assert.equal(readFileSync(join(dir, 'secrets.key'), 'utf8'), 'short')
  }))
