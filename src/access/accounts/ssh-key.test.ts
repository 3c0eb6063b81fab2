import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { requireSshKey, sshKeyTypes } from './ssh-key.ts'

type KeyType = (typeof sshKeyTypes)[number]

function field(bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes as string)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

/** RFC 4251 5: a number is stored with a zero byte in front when it would read as a negative one. */
function number(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = bytes.subarray(Math.max(0, first))
  return field((digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits)
}

const blob = (...fields: Buffer[]) => Buffer.concat(fields)
const fromJwk = (key: KeyObject, name: string) =>
  Buffer.from(key.export({ format: 'jwk' })[name] as string, 'base64url')

function ecdsa(namedCurve: string, bits: number): Buffer {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve })
  const point = Buffer.concat([Buffer.from([4]), fromJwk(publicKey, 'x'), fromJwk(publicKey, 'y')])
  return blob(field(`ecdsa-sha2-nistp${bits}`), field(`nistp${bits}`), field(point))
}

function ed25519(): Buffer {
  return blob(field('ssh-ed25519'), field(fromJwk(generateKeyPairSync('ed25519').publicKey, 'x')))
}

function rsa(): Buffer {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return blob(field('ssh-rsa'), number(fromJwk(publicKey, 'e')), number(fromJwk(publicKey, 'n')))
}

const dsaNumber = (bits: number) => number(Buffer.alloc(bits / 8, 0x9d))

const blobs: Record<KeyType, Buffer> = {
  'ecdsa-sha2-nistp256': ecdsa('P-256', 256),
  'ecdsa-sha2-nistp384': ecdsa('P-384', 384),
  'ecdsa-sha2-nistp521': ecdsa('P-521', 521),
  'ssh-dss': blob(field('ssh-dss'), dsaNumber(1024), dsaNumber(160), dsaNumber(1024), dsaNumber(1024)),
  'ssh-ed25519': ed25519(),
  'ssh-rsa': rsa(),
}

function refuses(type: KeyType, value: string, why: string): void {
  assert.throws(
    () => requireSshKey(type, value),
    { name: 'AccessError', code: 'invalid_field', message: `value of property value ${why}` },
    `${type} ${value}`,
  )
}

test('a public key of each of the six types is accepted', () => {
  assert.deepEqual(Object.keys(blobs), sshKeyTypes)
  for (const type of sshKeyTypes) requireSshKey(type, blobs[type].toString('base64'))
})

test('a key as ssh-keygen prints it is accepted', () => {
  requireSshKey('ssh-ed25519', 'AAAAC3NzaC1lZDI1NTE5AAAAIDL33Oz3fj9ewSTjK2MROOuS7Sc1ntWnPGX27UQTLd10')
})

test('a key is refused under any type but its own', () => {
  for (const type of sshKeyTypes) {
    for (const other of sshKeyTypes.filter((name) => name !== type)) {
      refuses(other, blobs[type].toString('base64'), `is not a key of type ${other}`)
    }
  }
  refuses('ssh-ed25519', blob(field('ssh-foo'), field('key')).toString('base64'), 'is not a key of type ssh-ed25519')
  refuses('ssh-ed25519', blob(field('')).toString('base64'), 'is not a key of type ssh-ed25519')
})

test('a key that is cut off anywhere is refused', () => {
  for (const type of sshKeyTypes) {
    const whole = blobs[type]
    for (let length = 1; length < whole.length; length++) {
      assert.throws(
        () => requireSshKey(type, whole.subarray(0, length).toString('base64')),
        { code: 'invalid_field' },
        `${type} ${length}`,
      )
    }
  }
})

test('a key with a field too few or too many, or with bytes behind it, is refused', () => {
  for (const type of sshKeyTypes) {
    const whole = blobs[type]
    refuses(type, field(type).toString('base64'), `is not a complete key of type ${type}`)
    refuses(type, blob(whole, field('x')).toString('base64'), `is not a complete key of type ${type}`)
    for (const behind of [1, 3, 4]) {
      const value = Buffer.concat([whole, Buffer.alloc(behind, 1)]).toString('base64')
      refuses(type, value, 'is not an SSH public key')
    }
  }
})

test('a field that claims more bytes than there are is refused', () => {
  const huge = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from('ssh-rsa')])
  refuses('ssh-rsa', huge.toString('base64'), 'is not an SSH public key')
})

test('what is not base64 of a blob, to the letter, is refused', () => {
  const padded = Buffer.concat([blobs['ssh-rsa'], field('')]).toString('base64')
  const value = blobs['ssh-ed25519'].toString('base64')
  for (const text of [
    '',
    '=',
    'not base64!',
    `ssh-ed25519 ${value}`,
    `${value} user1@domain1`,
    ` ${value}`,
    `${value}\n`,
    `${value.slice(0, 20)}\n${value.slice(20)}`,
    `${value}=`,
    value.slice(0, -1),
    `${value}\0`,
    '-_-_',
    '++//AB==',
  ]) {
    refuses('ssh-ed25519', text, 'is not base64')
  }
  assert.match(padded, /=$/)
  refuses('ssh-rsa', padded.replace(/=+$/, ''), 'is not base64')
  refuses('ssh-ed25519', 'AAAA', 'is not an SSH public key')
  refuses('ssh-ed25519', '+//7', 'is not an SSH public key')
})

test('a key whose content cannot be a key of its type is refused', () => {
  const [p256, p384] = [blobs['ecdsa-sha2-nistp256'], blobs['ecdsa-sha2-nistp384']]
  const afterType = (key: Buffer) => key.subarray(field('ecdsa-sha2-nistp256').length)
  for (const [type, content] of [
    ['ecdsa-sha2-nistp256', blob(field('ecdsa-sha2-nistp256'), afterType(p384))],
    ['ecdsa-sha2-nistp384', blob(field('ecdsa-sha2-nistp384'), afterType(p256))],
    ['ecdsa-sha2-nistp256', blob(field('ecdsa-sha2-nistp256'), field('nistp256'), field(''))],
    ['ssh-ed25519', blob(field('ssh-ed25519'), field(Buffer.alloc(31, 7)))],
    ['ssh-ed25519', blob(field('ssh-ed25519'), field(''))],
    ['ssh-rsa', blob(field('ssh-rsa'), field(''), field(''))],
  ] as const) {
    assert.throws(
      () => requireSshKey(type, content.toString('base64')),
      { code: 'invalid_field' },
      `${type} ${content.toString('hex')}`,
    )
  }
})
