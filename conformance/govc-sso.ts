import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from '../test/certificates.ts'
import type { Check, Finished } from './suite.ts'

export type Govc = (...args: string[]) => Promise<Finished>

export interface SsoClients {
  /** As vCenter's administrator. */
  admin: Govc
  /** As a user of vsphere.local who has a permission, under a home of that name. @param secret Their password. */
  as(name: string, home: string, secret?: string): Govc
  /** Without a user. */
  bare(home: string): Govc
  folder: string
}

const ok = (finished: Finished): string => {
  assert.equal(finished.code, 0, finished.stderr)
  return finished.stdout.trim()
}
const fails = ({ code, stderr }: Finished, reason: RegExp): void => {
  assert.notEqual(code, 0)
  assert.match(stderr, reason)
}

/** govc's users and groups of vsphere.local, and its sign-in by token. */
export async function ssoChecks({ admin, as, bare, folder }: SsoClients, check: Check): Promise<void> {
  const password = 'Conformance-1!'

  const walk = async (govc: Govc, name: string, group: string) => {
    ok(await govc('sso.user.create', '-p', password, '-f', 'Ann', '-l', 'Other', '-d', 'first', name))
    fails(await govc('sso.user.create', '-p', password, name), /already exists/)
    ok(await govc('sso.user.update', '-d', 'second', name))
    assert.match(ok(await govc('sso.user.ls', name)), new RegExp(`^${name}\\s+second$`, 'm'))
    ok(await govc('sso.group.create', '-d', 'a group', group))
    ok(await govc('sso.group.update', '-a', name, group))
    assert.match(ok(await govc('sso.user.ls', '-group', group)), new RegExp(name))
    assert.match(ok(await govc('sso.user.id', name)), new RegExp(`${group}`))
    assert.match(ok(await govc('sso.group.ls', '-search', group)), new RegExp(`^${group}\\s+a group$`, 'm'))
    ok(await govc('sso.user.update', '-p', `${password}2`, name))
    ok(await govc('sso.group.update', '-r', name, group))
    ok(await govc('sso.group.rm', group))
    ok(await govc('sso.user.rm', name))
    assert.doesNotMatch(ok(await govc('sso.user.ls')), new RegExp(`^${name}\\b`, 'm'))
  }

  await check('sso.user.*, sso.group.*, sso.lpp.info and sso.idp.* as an administrator', async () => {
    await walk(admin, 'ann', 'testers')
    assert.match(ok(await admin('sso.group.ls')), /^Administrators\b/m)
    ok(await admin('sso.lpp.info'))
    assert.match(ok(await admin('sso.idp.ls')), /vsphere\.local/)
    assert.match(ok(await admin('sso.idp.default.ls')), /vsphere\.local/)
  })

  await check('sso.* do the same for another member of Administrators, and nothing for who is none', async () => {
    const user = as('holouser', 'sso-user')
    fails(await user('sso.user.ls'), /denied|NoPermission/)
    fails(await user('sso.group.update', '-a', 'holouser', 'Administrators'), /denied|NoPermission/)
    ok(await admin('sso.group.update', '-a', 'holouser', 'Administrators'))
    await walk(user, 'bob', 'others')
    ok(await admin('sso.group.update', '-r', 'holouser', 'Administrators'))
    fails(await user('sso.user.ls'), /denied|NoPermission/)
  })

  await check('session.login -issue gives a bearer token, and -token a session', async () => {
    const token = ok(await admin('session.login', '-issue'))
    assert.match(token, /cm:bearer/)
    const by = bare('by-token')
    ok(await by('session.login', '-token', token))
    assert.match(ok(await by('session.ls')), /Administrator/)
    fails(await bare('by-none')('session.login', '-token', token.replace('Administrator@', 'holouser@')), /login/)
    fails(await as('holouser', 'wrong', 'wrong')('session.login', '-issue'), /FailedAuthentication/)
  })

  await check('session.login -issue with a certificate gives a token for its key, which renews it', async () => {
    const { cert, key } = await makeCertificate('holder', { kind: 'RSA 2048' })
    const other = await makeCertificate('other', { kind: 'RSA 2048' })
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const own = ['-cert', write('holder.crt', cert), '-key', write('holder.key', key)]
    const others = ['-cert', write('other.crt', other.cert), '-key', write('other.key', other.key)]
    const token = ok(await admin('session.login', '-issue', ...own))
    assert.match(token, /cm:holder-of-key/)
    ok(await bare('by-key')('session.login', ...own, '-token', token))
    fails(await bare('by-other')('session.login', ...others, '-token', token), /login/)
    fails(await bare('by-nobody')('session.login', '-token', token), /login/)
    const renewed = ok(await bare('renewing')('session.login', ...own, '-renew', '-lifetime', '24h', '-token', token))
    assert.notEqual(renewed, token)
    ok(await bare('by-renewed')('session.login', ...own, '-token', renewed))
    fails(await bare('renewing')('session.login', ...others, '-renew', '-token', token), /InvalidSecurity/)
  })
}
