import assert from 'node:assert/strict'
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { makeCertificate } from '../certificates.ts'
import { databases, type Lab, openLab } from '../lab.ts'
import { managers, ref, Vim } from './soap-client.ts'
import { bearerToken, keyType, loginByToken, requestOf, sdk, secured, signedInBy, sts, tokenIn } from './tokens.ts'

// What a token is checked by knows nothing of the database; the first kind stands for both.
const [database] = databases as [(typeof databases)[0]]
const vmadmin = 'holodeck-vmadmin@vsphere.local'

async function open() {
  const lab = await openLab(database)
  const { vim } = await new Vim(lab.a).signIn()
  const permission = { principal: 'VSPHERE.LOCAL\\holodeck-vmadmin', group: false, roleId: -2, propagate: true }
  const root = ref('entity', managers.root)
  await vim.call('SetEntityPermissions', managers.authorization, { root, permission })
  const token = await bearerToken(lab, vmadmin, labSsoPassword)
  /** @param change What an attacker makes of the message. */
  const signIn = async (given: string, change = (text: string) => text) => {
    const message = change(secured(loginByToken, { now: lab.clock.now, token: given }))
    return signedInBy(await sdk(lab.a, message))
  }
  assert.equal(await signIn(token), 'VSPHERE.LOCAL\\holodeck-vmadmin')
  return { lab, token, signIn, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() }
}

const signatureOf = (token: string) => /<ds:Signature .*?<\/ds:Signature>/s.exec(token)?.[0] ?? ''
const idOf = (token: string) => / ID="([^"]*)"/.exec(token)?.[1] ?? ''
const asAdministrator = (token: string) => token.replace('holodeck-vmadmin@', 'Administrator@')

test('a token that is changed anywhere is no token', database, async () => {
  await using one = await open()
  const { token, signIn } = one
  const changes = {
    'the name': asAdministrator(token),
    'the end of its life': token.replaceAll(/NotOnOrAfter="2026/g, 'NotOnOrAfter="2036'),
    'the account': token.replace(/(urn:sallyport:account.*?<saml2:AttributeValue[^>]*>)[^<]*/s, '$1x 1'),
    'the way to confirm': token.replace('cm:bearer', 'cm:sender-vouches'),
    'the version': token.replace('Version="2.0"', 'Version="2.1"'),
    'one more attribute': token.replace('<saml2:AttributeStatement>', '<saml2:AttributeStatement x="1">'),
    'one more child': token.replace('<saml2:Conditions', '<saml2:Conditions/><saml2:Conditions'),
    'another prefix': token.replaceAll('saml2:', 'saml:').replace('xmlns:saml2=', 'xmlns:saml='),
    'a blank': token.replace('</saml2:Issuer>', '</saml2:Issuer> '),
    'no signature': token.replace(signatureOf(token), ''),
    'no digest': token.replace(/<ds:DigestValue>.*?<\/ds:DigestValue>/, ''),
    'another digest': token.replace(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA'),
    'two signatures': token.replace(signatureOf(token), signatureOf(token).repeat(2)),
    'an empty signature': token.replace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue>'),
    'no reference': token.replace(/<ds:Reference .*?<\/ds:Reference>/s, ''),
    'a reference to all': token.replace(/URI="#[^"]*"/, 'URI=""'),
    'a method of keys that both know': token.replace('rsa-sha256', 'hmac-sha256'),
    'no canonicalisation': token.replace(/<ds:Transform [^>]*xml-exc-c14n#"\/>/, ''),
    'a transform that leaves things out': token.replace(
      /(Transform Algorithm=")[^"]*enveloped-signature/,
      '$1http://www.w3.org/TR/1999/REC-xpath-19991116',
    ),
  }
  for (const [what, changed] of Object.entries(changes)) {
    assert.notEqual(changed, token, what)
    assert.equal(await signIn(changed), 'InvalidLogin', what)
  }
})

test('what canonical XML does not tell apart is the same token', database, async () => {
  await using one = await open()
  const { token, signIn } = one
  for (const same of [
    token.replace('<saml2:Conditions', '<!-- nothing --><saml2:Conditions'),
    token.replace(/ ID="([^"]*)" IssueInstant="([^"]*)"/, " IssueInstant='$2'\n ID='$1'"),
    token.replace('holodeck-vmadmin@', '<![CDATA[holodeck-]]>vmadmin&#64;'),
  ]) {
    assert.notEqual(same, token)
    assert.equal(await signIn(same), 'VSPHERE.LOCAL\\holodeck-vmadmin')
  }
})

test('a name with a comment in it is read to its end', database, async () => {
  await using one = await open()
  const { lab, token, signIn } = one
  assert.equal(await signIn(token.replace('-vmadmin@', '-<!-- -->vmadmin@')), 'VSPHERE.LOCAL\\holodeck-vmadmin')
  // Somebody whose name begins like another's does not become that one by a comment.
  const sso = lab.a.as('administrator@vsphere.local', labSsoPassword)
  const create = { name: 'Administrator.x', password: labSsoPassword, password_must_change: false }
  assert.equal((await sso.post('/sallyport/v1/sso/users', create)).status, 201)
  const theirs = await bearerToken(lab, 'Administrator.x@vsphere.local', labSsoPassword)
  const cut = theirs.replace('Administrator.x@', 'Administrator<!---->.x@')
  assert.notEqual(cut, theirs)
  assert.equal(await signIn(cut), 'NoPermission')
  assert.equal(await signIn(theirs.replace('Administrator.x@', 'Administrator@<!--.x@-->')), 'InvalidLogin')
})

test('a signed token that is wrapped, copied or moved vouches for nobody else', database, async () => {
  await using one = await open()
  const { token, signIn } = one
  const forged = asAdministrator(token)
  const bare = forged.replace(signatureOf(token), '')
  const renamed = (text: string) => text.replace(` ID="${idOf(token)}"`, ' ID="_other"')
  const inside = (text: string, what: string) => text.replace('</saml2:Issuer>', `</saml2:Issuer>${what}`)
  const signatureAround = signatureOf(token).replace(
    '</ds:Signature>',
    `<ds:Object>${token}</ds:Object></ds:Signature>`,
  )
  const wrapped = {
    'the signed one behind a forged one': bare + token,
    'a forged one behind the signed one': token + bare,
    'the signed one in a forged one, with its signature': inside(renamed(bare), signatureOf(token) + token),
    'what was signed in a forged one, which has its signature': inside(
      renamed(bare),
      signatureOf(token) + token.replace(signatureOf(token), ''),
    ),
    'the signed one in a forged one with the same id': inside(bare, token),
    'the signed one in an object of the signature': inside(renamed(bare), signatureAround),
    'the signed one in an extension': renamed(forged).replace('</saml2:Subject>', `</saml2:Subject><x>${token}</x>`),
    'a second id': forged.replace(' ID=', ` Id="${idOf(token)}" ID="_y" `.replace('ID="_y" ', 'x=')),
    'the signature behind the forged one': bare + signatureOf(token),
  }
  for (const [what, text] of Object.entries(wrapped)) {
    assert.doesNotMatch(await signIn(text), /\\/, what)
  }
  for (const [what, change] of Object.entries({
    'the signed one in the body': (text: string) => text.replace('</soap:Body>', `${token}</soap:Body>`),
    'the signed one in another header': (text: string) => text.replace('<soap:Header>', `<soap:Header><x>${token}</x>`),
    'the signed one in another security header': (text: string) =>
      text.replace(
        '<soap:Header>',
        `<soap:Header>${/<wsse:Security.*<\/wsse:Security>/s.exec(text)?.[0].replace(forged, token)}`,
      ),
  })) {
    assert.doesNotMatch(await signIn(forged, change), /\\/, what)
  }
})

test('a document type is refused before anything is looked at', database, async () => {
  await using one = await open()
  const { token, signIn } = one
  for (const type of [
    '<!DOCTYPE e [<!ENTITY who "Administrator">]>',
    '<!DOCTYPE e SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE e [<!ATTLIST saml2:Assertion ID ID #FIXED "_x">]>',
  ]) {
    assert.equal(await signIn(token, (text) => type + text), 'InvalidRequest')
  }
})

test('a token of another signer is none, whatever certificate it shows', database, async () => {
  await using one = await open()
  await using other = await openLab(database)
  const { lab, token, signIn } = one
  assert.equal(await signIn(await bearerToken(other, vmadmin, labSsoPassword)), 'InvalidLogin')

  const { key, made } = await makeCertificate('ssoserverSign', { kind: 'RSA 2048' })
  const again = resigned(asAdministrator(token), key)
  assert.equal(await signIn(again), 'InvalidLogin')
  const certificate = `<ds:X509Certificate>${made.toString('base64')}<`
  assert.equal(await signIn(again.replace(/<ds:X509Certificate>[^<]*</, certificate)), 'InvalidLogin')
  // The test signs as the server does: the server's own check would take it, were the key the server's.
  assert.equal(resigned(token, key).length > 0 && (await signIn(token)), 'VSPHERE.LOCAL\\holodeck-vmadmin')
  assert.equal((await sts(lab.a, '<x/>')).status, 500)
})

/** The same token, signed again by another key over what it says now. */
function resigned(token: string, key: string): string {
  const canonical = (text: string) =>
    text.replace(/ xmlns:xs="[^"]*"/g, '').replace(/<([\w:]+)((?: [\w:]+="[^"]*")*)\/>/g, '<$1$2></$1>')
  const digest = createHash('sha256')
    .update(canonical(token.replace(signatureOf(token), '')))
    .digest('base64')
  const changed = token.replace(/<ds:DigestValue>[^<]*/, `<ds:DigestValue>${digest}`)
  const info = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(changed)?.[0] ?? ''
  const signed = canonical(info).replace(
    '<ds:SignedInfo>',
    '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
  )
  const value = sign('sha256', Buffer.from(signed), createPrivateKey(key)).toString('base64')
  return changed.replace(/<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${value}`)
}

test('the body that is read is the one that the holder has signed', database, async () => {
  await using one = await open()
  const { lab } = one
  const holder = await makeCertificate('holder', { kind: 'RSA 2048' })
  const user = { name: vmadmin, password: labSsoPassword }
  const ask = secured(requestOf('Issue', keyType('PublicKey')), { now: lab.clock.now, user, holder, shows: true })
  const token = tokenIn(await sts(lab.a, ask))
  const good = (l: Lab) => secured(loginByToken, { now: l.clock.now, token, holder })
  assert.match(signedInBy(await sdk(lab.a, good(lab))), /vmadmin/)

  // The signed body is moved into the header, and another stands in its place.
  const message = good(lab)
  const body = /<soap:Body.*<\/soap:Body>/s.exec(message)?.[0] ?? ''
  const moved = message
    .replace('<soap:Header>', `<soap:Header><x>${body}</x>`)
    .replace(/<soap:Body [^>]*>(?=(?:(?!<soap:Body).)*<\/soap:Envelope>$)/s, '<soap:Body>')
  assert.notEqual(moved, message)
  assert.equal(signedInBy(await sdk(lab.a, moved)), 'InvalidLogin')

  // A time that nobody signed takes the place of the one that was signed.
  const stale = secured(loginByToken, { now: lab.clock.now - 30 * 60_000, token, holder })
  const stamp = /<wsu:Timestamp.*?<\/wsu:Timestamp>/s.exec(stale)?.[0] ?? ''
  const fresh = /<wsu:Timestamp.*?<\/wsu:Timestamp>/s.exec(good(lab))?.[0] ?? ''
  const restamped = stale.replace(stamp, fresh).replace('<soap:Header>', `<soap:Header><x>${stamp}</x>`)
  assert.equal(signedInBy(await sdk(lab.a, restamped)), 'InvalidLogin')
})

test('what was signed does not make a longer life of the same account good, wherever it is put', database, async () => {
  await using one = await open()
  const { lab, token, signIn } = one
  lab.clock.advance({ seconds: 360 })
  assert.equal(await signIn(token), 'InvalidLogin')
  const signature = signatureOf(token)
  const longer = token
    .replaceAll('NotOnOrAfter="2026', 'NotOnOrAfter="2036')
    .replace(` ID="${idOf(token)}"`, ' ID="_other"')
    .replace(signature, '')
  const inside = (what: string) => longer.replace('</saml2:Issuer>', `</saml2:Issuer>${what}`)
  assert.equal(await signIn(inside(signature + token.replace(signature, ''))), 'InvalidLogin')
  assert.equal(await signIn(inside(signature + token)), 'InvalidLogin')
})
