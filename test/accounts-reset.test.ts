import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { labSsoPassword } from '../src/lab.ts'
import { databases, labPassword, openLab } from './lab.ts'
import { sallyport } from './sallyport-command.ts'

const own = 'Chosen!By-Admin-1'

for (const database of databases) {
  test(
    `${database.kind}: a lost password has a way back on the stopped data, and the audit trail says so`,
    database,
    async () => {
      await using lab = await openLab(database)
      await lab.admin.put('/api/v1/node/aaa/auth-policy', { api_max_auth_failures: 1 })
      for (const _ of [1, 2]) await lab.a.as('admin', 'Wrong-Lantern-1').get('/api/v1/node')
      assert.equal((await lab.a.signIn('admin', labPassword)).answer.status, 403, 'locked')

      const used = await sallyport(lab, ['accounts', 'reset', 'admin'])
      assert.deepEqual([used.code, used.stdout], [2, ''])
      assert.match(used.stderr, /^sallyport: .*(in use by another|has this PostgreSQL database open)/)

      await lab.server[Symbol.asyncDispose]()
      const made = await sallyport(lab, ['accounts', 'reset', 'admin'])
      assert.equal(made.code, 0, made.stderr)
      const [, password = ''] = /^The password of admin is (\S+)\n/.exec(made.stdout) ?? []
      const given = await sallyport(
        lab,
        ['accounts', 'reset', 'administrator@vsphere.local', '--new-password-file', '-'],
        `${own}\n`,
      )
      assert.deepEqual([given.code, given.stdout.includes(own)], [0, false], given.stderr)
      for (const [args, said] of [
        [['nobody'], /has no account nobody/],
        [['x@elsewhere.example'], /are not kept here/],
        [['admin', '--appliance', 'none'], /There is no appliance none; there are nsxmgr-a, /],
        [['admin', '--new-password-file', '-'], /BAD PASSWORD/],
      ] as const) {
        const refused = await sallyport(lab, ['accounts', 'reset', ...args], 'short\n')
        assert.deepEqual([refused.code, refused.stdout], [1, ''])
        assert.match(refused.stderr, said)
      }

      await lab.restart()
      const admin = lab.a.as('admin', password)
      assert.equal((await admin.get('/api/v1/node/users')).status, 403, 'it must be changed first')
      const change = { old_password: password, password: own }
      assert.equal((await admin.post('/api/v1/node/users?action=reset_own_password', change)).status, 200)
      assert.equal((await lab.a.as('admin', own).get('/api/v1/node/users')).status, 200)
      assert.equal((await lab.a.as('administrator@vsphere.local', own).get('/sallyport/v1/sso/users')).status, 200)
      assert.equal(
        (await lab.a.as('administrator@vsphere.local', labSsoPassword).get('/sallyport/v1/sso/users')).status,
        401,
      )
      assert.match(
        readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'),
        /UserName="sallyport".*Operation="accounts\.reset"/,
      )
      assert.doesNotMatch(readFileSync(join(lab.dataDir, 'nsx-audit.log'), 'utf8'), new RegExp(password))
    },
  )

  test(
    `${database.kind}: a store whose secrets.key is gone, or another's, does not start until it is told to take another`,
    database,
    async () => {
      await using lab = await openLab(database)
      await lab.server[Symbol.asyncDispose]()
      const key = join(lab.dataDir, 'secrets.key')
      renameSync(key, `${key}.away`)
      const missing = await sallyport(lab, ['serve', '--https-port', '0', '--ssh-port', '0'])
      assert.deepEqual([missing.code, missing.stdout], [2, ''])
      assert.match(missing.stderr, /^sallyport: .*secrets\.key is missing.*put it back.*secrets replace-key[^\n]*\n$/)
      assert.throws(() => readFileSync(key), 'none was made')
      writeFileSync(key, Buffer.alloc(32, 7), { mode: 0o600 })
      const wrong = await sallyport(lab, ['serve', '--https-port', '0', '--ssh-port', '0'])
      assert.match(
        wrong.stderr,
        /^sallyport: .*secrets\.key is not the key that secrets in the database are sealed with/,
      )
      const replaced = await sallyport(lab, ['secrets', 'replace-key'])
      assert.equal(replaced.code, 0, replaced.stderr)
      assert.match(replaced.stdout, /bind passwords of LDAP identity sources/)
      await lab.restart()
      assert.equal((await lab.admin.get('/api/v1/node/users')).status, 200)
    },
  )
}

test('where there is no store, no account is reset and none is made', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-none-'))
  try {
    const { code, stdout } = await sallyport(undefined, ['accounts', 'reset', 'admin', '--data-dir', dir])
    assert.deepEqual([code, stdout], [2, ''])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
