import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nsxvCommands } from '../../src/ssh/nsxv/commands.ts'
import { bombard, garbled, heldMemory, numbers, seed, shown } from '../bombard.ts'
import { databases, labPassword, openLab } from '../lab.ts'
import { noOpenSsh, OpenSsh } from '../servers/openssh.ts'
import { entry, usermgmt } from './nsxv.ts'

const [sqlite] = databases
assert.ok(sqlite)

const auth = '/api/2.0/services/auth'
const long = 'a'.repeat(200_000)
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').toString('latin1')

/** What is meant to eat memory or time, or to be read as something else. */
const bombs = [
  `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, n) => `<!ENTITY lol${n} "${`&lol${n === 0 ? '' : n - 1};`.repeat(10)}">`).join('')}]><accessControlEntry><role>&lol8;</role></accessControlEntry>`,
  `<!DOCTYPE x [<!ENTITY a "${long.slice(0, 1000)}">]><accessControlEntry><role>${'&a;'.repeat(5000)}</role></accessControlEntry>`,
  '<!DOCTYPE accessControlEntry SYSTEM "file:///etc/passwd"><accessControlEntry><role>auditor</role></accessControlEntry>',
  '<!DOCTYPE a [<!ENTITY % r SYSTEM "http://127.0.0.1:1/x.dtd"> %r;]><accessControlEntry><role>&r;</role></accessControlEntry>',
  '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><accessControlEntry><role>&x;</role></accessControlEntry>',
  `${'<a>'.repeat(40_000)}${'</a>'.repeat(20_000)}`,
  '<accessControlEntry>'.repeat(64),
  `<accessControlEntry>${'<resource/>'.repeat(20_000)}</accessControlEntry>`,
  `<accessControlEntry ${Array.from({ length: 3000 }, (_, n) => `b${n}=""`).join(' ')}/>`,
  `<accessControlEntry><role>${long}</role></accessControlEntry>`,
  `<accessControlEntry><role><![CDATA[${']]>'.repeat(3)}</role></accessControlEntry>`,
  '<?xml version="1.0" encoding="UTF-16"?><accessControlEntry><role>auditor</role></accessControlEntry>',
  '<?xml version="1.0" encoding="ISO-8859-1"?><accessControlEntry><role>auditör</role></accessControlEntry>',
  '<?xml version="1.1"?><accessControlEntry><role>auditor</role></accessControlEntry>',
  '<?xml-stylesheet href="x"?><accessControlEntry><role>auditor</role></accessControlEntry>',
  utf16('<accessControlEntry><role>auditor</role></accessControlEntry>'),
  '\x00\x01\x02',
  '',
  '<',
  '{"role":"auditor"}',
]

test('5 000 malformed bodies: each is answered clearly and soon, none as a fault of the server, and memory stays flat', async () => {
  await using lab = await openLab(sqlite)
  const pick = numbers(seed)
  const samples = [
    entry('auditor', 'globalroot-0'),
    entry('security_admin', 'edge-7', 'virtualwire-12'),
    '<auth><username>x</username><password>y</password><disableBasicAuth>false</disableBasicAuth></auth>',
    '<authTokenExpiry><defaultExpiryInMinutes>9999</defaultExpiryInMinutes></authTokenExpiry>',
    '<credentials><username>a@b@c</username><password></password></credentials>',
    '<nsxcli><command>show edge all</command></nsxcli>',
    '<userInfo><name>a@b</name><password>\n</password><email>x</email><accessControlEntry><role>auditor</role></accessControlEntry></userInfo>',
    '<network><hostName>nsx</hostName><networkIPv4AddressDto><ipv4Address>192.0.2.7</ipv4Address><ipv4NetMask>255.255.255.0</ipv4NetMask></networkIPv4AddressDto><dns><ipv4Address>192.0.2.8</ipv4Address></dns></network>',
    '<timeSettings><ntpServer><string>192.0.2.9</string></ntpServer><timezone>Europe/Berlin</timezone></timeSettings>',
    '<vcInfo><ipAddress>127.0.0.1</ipAddress><userName>x@vsphere.local</userName><password>y</password></vcInfo>',
  ]
  const calls: [method: string, path: string, accept: string][] = [
    ['POST', `${usermgmt}/role/ghost?isCli=true`, 'application/json'],
    ['PUT', `${usermgmt}/role/admin`, 'application/xml'],
    ['PUT', `${usermgmt}/role/ghost@vsphere.local`, '*/*'],
    ['PUT', `${auth}/tokenexpiration`, 'application/json'],
    ['POST', `${usermgmt}/user/local`, 'application/xml'],
    ['PUT', `${usermgmt}/user/local/admin`, 'application/json'],
    ['POST', '/api/3.0/services/auth/token', 'application/xml'],
    ['POST', '/api/1.0/nsx/cli?action=execute', 'text/plain'],
    ['PUT', '/api/1.0/appliance-management/system/network', 'application/json'],
    ['PUT', '/api/1.0/appliance-management/system/timesettings', '*/*'],
    ['PUT', '/api/2.0/services/vcconfig', 'application/xml'],
  ]
  const before = (await lab.admin.get(`${usermgmt}/users/vsm`)).text
  let number = 0
  const make = (at: number): string => {
    if (at % 25 === 0) return bombs[(at / 25) % bombs.length] as string
    return garbled(samples[at % samples.length] as string, pick)
  }
  await bombard(
    make,
    async (message) => {
      const [method, path, accept] = calls[number++ % calls.length] as (typeof calls)[0]
      const headers = { 'content-type': 'application/xml', accept }
      const started = performance.now()
      const answer = await lab.admin.send(method, path, Buffer.from(message, 'utf8'), headers)
      const took = performance.now() - started
      assert.ok(took < 20_000, `seed ${seed}: ${shown(message)} took ${took} ms`)
      return answer
    },
    ({ status, text }, message) => {
      const about = `seed ${seed}: ${shown(message)} was answered ${status} ${text.slice(0, 500)}`
      assert.ok(status < 500, about)
      if (status < 400) return
      assert.match(text, /^<html>|<error><details>[^<]+<\/details>|^\{"details":"[^"]+"/, about)
      assert.doesNotMatch(text, /root:|internal/i, about)
    },
  )
  assert.equal((await lab.admin.get(`${usermgmt}/users/vsm`)).text, before)
})

test('5 000 random lines: the console answers each, and memory stays flat', { skip: noOpenSsh }, async () => {
  await using lab = await openLab(sqlite)
  await using ssh = new OpenSsh()
  const pick = numbers(seed + 1)
  const words = [
    ...new Set(
      nsxvCommands.flatMap(({ syntax, example }) => [...syntax.split(/[\s[\]()|<>]+/), ...example.split(' ')]),
    ),
  ]
  const odd = [
    '?',
    '"',
    "'",
    '\\',
    '%s',
    '\u202e',
    '💥',
    '__proto__',
    '-1',
    '1e9',
    'a'.repeat(25_000),
    '\t',
    '1.2.3.4/33',
  ]
  const word = () => (pick(10) === 0 ? odd[pick(odd.length)] : words[pick(words.length)]) ?? ''
  // What closes the console, asks, goes on for long, or prints all that was printed before.
  const left = /^(no c|cl|r|q|ex|en|dis|di?$|p|tr|set|da)|\b(fol?|lo|log|tech.*)\b|follow|\bmo|tech/
  async function typeLines(count: number): Promise<void> {
    const lines: string[] = ['enable', labPassword, 'configure terminal']
    while (lines.length < count) {
      const line = Array.from({ length: 1 + pick(6) }, word).join(' ')
      // A console leaves out what stands before a command.
      if (!left.test(line.trim())) lines.push(line)
    }
    const { stdout, status } = await ssh.run(lab.server.ready.nsxv!.ssh, {
      user: 'admin',
      password: labPassword,
      input: `${lines.join('\n')}\nend\nshow version\n`,
    })
    assert.match(stdout, /Version: {2}6\.4.*\n$/, `seed ${seed}: ${shown(stdout.slice(-2000))}`)
    assert.doesNotMatch(stdout, /internal error/, `seed ${seed}`)
    assert.equal(status, 0)
  }

  await typeLines(2500)
  const before = heldMemory()
  await typeLines(2500)
  const grown = heldMemory() - before
  assert.ok(grown < 10 * 1024 * 1024, `seed ${seed}: ${grown} bytes more are held`)
})
