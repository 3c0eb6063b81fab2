import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { makeCertificate } from '../certificates.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { administrator } from './clients.ts'
import { Vim } from './soap-client.ts'
import {
  bearerToken,
  iso,
  keyType,
  lifetime,
  loginByToken,
  renewable,
  requestOf,
  sdk,
  secured,
  signedInBy,
  sts,
  tokenIn,
  trustFault,
} from './tokens.ts'

const minute = 60_000
const user = { name: administrator, password: labSsoPassword }
const auditLog = (lab: Lab) => readFileSync(join(lab.dataDir, 'vcenter-audit.log'), 'utf8')
const now = (lab: Lab) => lab.clock.now

const byToken = async (lab: Lab, token: string) =>
  signedInBy(await sdk(lab.a, secured(loginByToken, { now: now(lab), token })))

const status = async (lab: Lab, token: string) => {
  const asked = requestOf('Validate', `<ValidateTarget>${token}</ValidateTarget>`)
  const { text } = await sts(lab.a, secured(asked, { now: now(lab) }))
  return /status\/(\w+)</.exec(text)?.[1] ?? text
}

/** Whoever shows a name and a password and signs with a key. */
async function holderToken(lab: Lab, rest = renewable) {
  const holder = await makeCertificate('holder', { kind: 'RSA 2048' })
  const asked = requestOf('Issue', rest + keyType('PublicKey'))
  const token = tokenIn(await sts(lab.a, secured(asked, { now: now(lab), user, holder, shows: true })))
  return { holder, token }
}

for (const database of databases) {
  test(
    `${database.kind}: a token that a name and a password gave signs in, also after a restart`,
    database,
    async () => {
      await using lab = await openLab(database)
      const token = await bearerToken(lab, administrator, labSsoPassword)
      assert.match(token, /<saml2:NameID [^>]*>Administrator@VSPHERE\.LOCAL</)
      assert.match(token, /cm:bearer/)
      assert.equal(await byToken(lab, token), 'VSPHERE.LOCAL\\Administrator')
      assert.equal(await status(lab, token), 'valid')
      await lab.restart()
      assert.equal(await byToken(lab, token), 'VSPHERE.LOCAL\\Administrator')
      assert.doesNotMatch(auditLog(lab), /SignatureValue|saml2/)
    },
  )

  test(`${database.kind}: a token is worth nothing once its account is not what it was`, database, async () => {
    await using lab = await openLab(database)
    const sso = lab.a.as(administrator, labSsoPassword)
    const { holder, token } = await holderToken(lab)
    const signIn = async () => signedInBy(await sdk(lab.a, secured(loginByToken, { now: now(lab), token, holder })))
    assert.equal(await signIn(), 'VSPHERE.LOCAL\\Administrator')

    const create = { name: 'other', password: 'Another-1-password!', first_name: '', last_name: '' }
    assert.equal((await sso.post('/sallyport/v1/sso/users', create)).status, 201)
    const changed = await lab.a
      .as(administrator, labSsoPassword)
      .post('/sallyport/v1/sso/change-password', { old_password: labSsoPassword, password: 'Holodeck-2-changed!' })
    assert.equal(changed.status, 204, changed.text)
    assert.equal(await signIn(), 'InvalidLogin')
    assert.equal(await status(lab, token), 'invalid')
  })
}

const [database] = databases as [(typeof databases)[0]]

test('wrong passwords are counted like those of every other way in, and lock', database, async () => {
  await using lab = await openLab(database)
  const ask = (name: string, password: string) =>
    sts(lab.a, secured(requestOf('Issue'), { now: now(lab), user: { name, password } }))
  const name = 'holouser@vsphere.local'
  for (let n = 0; n < 5; n++) assert.equal(trustFault(await ask(name, 'wrong')), 'FailedAuthentication')
  assert.equal(trustFault(await ask(name, labSsoPassword)), 'FailedAuthentication')
  const refused = await new Vim(lab.a).send('Login', 'SessionManager:SessionManager', {
    userName: name,
    password: labSsoPassword,
  })
  assert.equal(signedInBy(refused), 'InvalidLogin')
  assert.match(auditLog(lab), /sts\.Issue/)
  assert.doesNotMatch(auditLog(lab), new RegExp(labSsoPassword))
})

test('a token of a user who may do nothing signs nobody in', database, async () => {
  await using lab = await openLab(database)
  const token = await bearerToken(lab, 'holouser@vsphere.local', labSsoPassword)
  const sso = lab.a.as(administrator, labSsoPassword)
  const before = await byToken(lab, token)
  assert.equal(before, 'NoPermission')
  assert.equal((await sso.get('/api/vcenter/authorization/roles')).status, 401)
})

test('a token lives as long as was asked for, and five minutes at most', database, async () => {
  await using lab = await openLab(database)
  const at = now(lab)
  const short = await bearerToken(lab, administrator, labSsoPassword, lifetime(at, at + minute))
  const long = await bearerToken(lab, administrator, labSsoPassword, lifetime(at, at + 60 * minute))
  assert(short.includes(`NotOnOrAfter="${iso(at + minute)}"`), short)
  assert(long.includes(`NotOnOrAfter="${iso(at + 5 * minute)}"`), long)
  lab.clock.advance({ seconds: 59 })
  assert.match(await byToken(lab, short), /Administrator/)
  lab.clock.advance({ seconds: 1 })
  assert.equal(await byToken(lab, short), 'InvalidLogin')
  assert.equal(await status(lab, short), 'invalid')
  assert.match(await byToken(lab, long), /Administrator/)
  lab.clock.advance({ seconds: 240 })
  assert.equal(await byToken(lab, long), 'InvalidLogin')
})

test('requests of another time, or for a time that is over, get no token', database, async () => {
  await using lab = await openLab(database)
  const at = now(lab)
  const ask = async (rest: string, from = at) =>
    trustFault(await sts(lab.a, secured(requestOf('Issue', rest), { now: from, user })))
  assert.equal(await ask('', at - 12 * minute), 'InvalidSecurity')
  assert.equal(await ask('', at + 11 * minute), 'InvalidSecurity')
  assert.equal(await ask(lifetime(at, at)), 'InvalidTimeRange')
  assert.equal(await ask(lifetime(at - 30 * minute, at - 20 * minute)), 'InvalidTimeRange')
  assert.equal(await ask(lifetime(at + 30 * minute, at + 40 * minute)), 'InvalidTimeRange')
  assert.equal(await ask('<TokenType>urn:oasis:names:tc:SAML:1.0:assertion</TokenType>'), 'InvalidRequest')
  assert.equal(await ask('<KeyType>none</KeyType>'), 'InvalidRequest')
  assert.equal(await ask('<ActAs></ActAs>'), 'RequestFailed')
  assert.equal(await ask(keyType('PublicKey')), 'InvalidSecurity')
})

test('a token for a key signs in with messages that the key has signed, each once', database, async () => {
  await using lab = await openLab(database)
  const { holder, token } = await holderToken(lab)
  const other = await makeCertificate('holder', { kind: 'RSA 2048' })
  const message = secured(loginByToken, { now: now(lab), token, holder })
  assert.equal(signedInBy(await sdk(lab.a, message)), 'VSPHERE.LOCAL\\Administrator')
  assert.equal(signedInBy(await sdk(lab.a, message)), 'InvalidLogin')

  assert.equal(await byToken(lab, token), 'InvalidLogin')
  const wrong = secured(loginByToken, { now: now(lab), token, holder: other })
  assert.equal(signedInBy(await sdk(lab.a, wrong)), 'InvalidLogin')
  const signedElsewhere = secured(loginByToken, { now: now(lab), token, holder }, '<Logout xmlns="urn:vim25"></Logout>')
  assert.equal(signedInBy(await sdk(lab.a, signedElsewhere)), 'InvalidLogin')
  const old = secured(loginByToken, { now: now(lab) - 12 * minute, token, holder })
  assert.equal(signedInBy(await sdk(lab.a, old)), 'InvalidLogin')
  const asOften = secured(loginByToken, { now: now(lab), token, holder })
  assert.equal(signedInBy(await sdk(lab.a, asOften)), 'VSPHERE.LOCAL\\Administrator')
})

test('a token for a key is renewed by the key, ten times at most, and no other token is', database, async () => {
  await using lab = await openLab(database)
  const { holder, token } = await holderToken(lab)
  const renew = (target: string, by = holder) =>
    sts(
      lab.a,
      secured(
        requestOf('Renew', `<RenewTarget>${target}</RenewTarget>`),
        { now: now(lab), holder: by },
        signedForm(target),
      ),
    )
  const signedForm = (target: string) => requestOf('Renew', `<RenewTarget>${canonicalToken(target)}</RenewTarget>`)
  let renewed = token
  for (let n = 0; n < 10; n++) renewed = tokenIn(await renew(renewed))
  const message = secured(loginByToken, { now: now(lab), token: renewed, holder })
  assert.equal(signedInBy(await sdk(lab.a, message)), 'VSPHERE.LOCAL\\Administrator')
  assert.equal(trustFault(await renew(renewed)), 'InvalidSecurity')
  assert.equal(trustFault(await renew(token, await makeCertificate('x', { kind: 'RSA 2048' }))), 'InvalidSecurity')
  assert.equal(trustFault(await renew((await holderToken(lab, '')).token)), 'InvalidSecurity')
  assert.equal(trustFault(await renew(await bearerToken(lab, administrator, labSsoPassword))), 'InvalidSecurity')
})

/** Empty elements have an end tag in canonical XML, and what only a value names is not declared. */
const canonicalToken = (token: string) =>
  token
    .replace(/ xmlns:xs="[^"]*"/g, '')
    .replace(/<([\w:]+)((?: [\w:]+="[^"]*")*)\/>/g, '<$1$2></$1>')
    .replace(/"( (?:ID|IssueInstant|Version)=)/g, '"$1')

test('a signed call may leave out the namespace of its method, as govc does', database, async () => {
  await using lab = await openLab(database)
  const { holder, token } = await holderToken(lab)
  const bare = loginByToken.replace(' xmlns="urn:vim25"', '')
  const message = secured(bare, { now: now(lab), token, holder })
  assert.equal(signedInBy(await sdk(lab.a, message)), 'VSPHERE.LOCAL\\Administrator')
  const elsewhere = loginByToken.replace('urn:vim25', 'urn:other')
  assert.equal(signedInBy(await sdk(lab.a, secured(elsewhere, { now: now(lab), token, holder }))), 'InvalidRequest')
})

test('a token is for those whom it names', database, async () => {
  await using lab = await openLab(database)
  const appliesTo = (address: string) =>
    `<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>${address}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>`
  const plain = await bearerToken(lab, administrator, labSsoPassword)
  const issuer = /<saml2:Issuer [^>]*>([^<]*)</.exec(plain)?.[1] ?? ''
  const ours = await bearerToken(lab, administrator, labSsoPassword, appliesTo(issuer))
  const theirs = await bearerToken(lab, administrator, labSsoPassword, appliesTo('https://other.example/sdk'))
  assert.match(await byToken(lab, ours), /Administrator/)
  assert.equal(await byToken(lab, theirs), 'InvalidLogin')
})
