import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { type Made, makeCa, type TestCa } from '../certificates.ts'
import {
  activeDirectory,
  bindRemote,
  corp,
  corpSource,
  reader,
  readerPassword,
  sources,
  userPassword,
} from '../directories.ts'
import { databases, type Lab, labPassword, openLab } from '../lab.ts'
import { type OpenLdap, openLdapSkip, openOpenLdap } from '../servers/openldap.ts'
import { freePort } from '../servers/programs.ts'
import { listen } from '../servers/tcp.ts'

const userInfo = '/api/v1/aaa/user-info'
const sqlite = databases[0] ?? assert.fail()
const needsOpenLdap = { skip: openLdapSkip }

let ca: TestCa
let certificate: Made
let directory: OpenLdap
let adDirectory: OpenLdap
before(async () => {
  if (openLdapSkip) return
  ca = await makeCa('Corp CA')
  certificate = await ca.issue(['localhost'])
  directory = await openOpenLdap({ ...corp, tls: certificate })
  adDirectory = await openOpenLdap(activeDirectory)
})
after(async () => {
  await directory?.[Symbol.asyncDispose]()
  await adDirectory?.[Symbol.asyncDispose]()
})

/** A lab that waits for a directory no longer than a test does. */
const openImpatientLab = () => openLab(sqlite, { ldapTimeout: '300' })

async function put(lab: Lab, ...servers: object[]): Promise<void> {
  const { json } = await lab.admin.get(`${sources}/corp`)
  const answer = await lab.admin.put(`${sources}/corp`, { ...corpSource(...servers), _revision: json._revision })
  assert.equal(answer.status, 200, answer.text)
}

const signsIn = async (lab: Lab, name = 'bob') =>
  (await lab.a.as(`${name}@corp.example`, userPassword).get(userInfo)).status === 200

async function probed(lab: Lab, server: object, source: object = {}): Promise<string> {
  const body = { ...corpSource(server), ...source }
  const answer = await lab.admin.post(`${sources}?action=probe_identity_source`, body)
  assert.equal(answer.status, 200, answer.text)
  const [result] = answer.json.results
  assert.equal(result.result, result.errors.length === 0 ? 'SUCCESS' : 'FAILURE')
  return result.errors[0]?.error_type ?? 'SUCCESS'
}

test(
  'ldap, StartTLS and ldaps reach the directory, trusting the CA or the very certificate',
  needsOpenLdap,
  async () => {
    await using lab = await openImpatientLab()
    const { url, port, ldaps } = directory
    for (const server of [
      { url },
      { url: `ldap://localhost:${port}`, use_starttls: true, certificates: [ca.cert] },
      { url: `ldap://localhost:${port}`, use_starttls: true, certificates: [certificate.cert] },
      { url: ldaps, certificates: [ca.cert] },
      { url: ldaps, certificates: [certificate.cert], use_starttls: true },
      { url: ldaps, certificates: [(await makeCa('Another')).cert, ca.cert] },
    ]) {
      await put(lab, server)
      assert.equal(await signsIn(lab), true, JSON.stringify(server))
      assert.equal(await probed(lab, server), 'SUCCESS')
    }
  },
)

test(
  'a server that shows another certificate, or one for another host, learns no password',
  needsOpenLdap,
  async () => {
    await using lab = await openImpatientLab()
    const other = await makeCa('Corp CA')
    const { port, ldaps } = directory
    for (const [server, problem] of [
      [{ url: ldaps, certificates: [other.cert] }, 'CERTIFICATE_MISMATCH_ERROR'],
      [
        { url: `ldap://localhost:${port}`, use_starttls: true, certificates: [other.cert] },
        'CERTIFICATE_MISMATCH_ERROR',
      ],
      [
        { url: ldaps.replace('localhost', '127.0.0.1'), certificates: [ca.cert] },
        'CERTIFICATE_HOSTNAME_MISMATCH_ERROR',
      ],
      [
        { url: `ldap://127.0.0.1:${port}`, use_starttls: true, certificates: [certificate.cert] },
        'CERTIFICATE_HOSTNAME_MISMATCH_ERROR',
      ],
      [{ url: `ldaps://localhost:${port}`, certificates: [ca.cert] }, 'SSL_HANDSHAKE_ERROR'],
    ] as const) {
      assert.equal(await probed(lab, server), problem, JSON.stringify(server))
      await put(lab, server)
      assert.equal(await signsIn(lab), false)
    }
    assert.equal(await probed(lab, { url: ldaps, certificates: ['x'] }), 'INVALID_CONFIGURED_CERTIFICATE')
    assert.equal(await probed(lab, { url: ldaps }), 'INVALID_CONFIGURED_CERTIFICATE')

    const expired = await ca.issue(['localhost'], { from: -5, to: -1 })
    await using old = await openOpenLdap({ ...corp, tls: expired })
    for (const certificates of [[ca.cert], [expired.cert]]) {
      assert.equal(await probed(lab, { url: old.ldaps, certificates }), 'SSL_HANDSHAKE_ERROR')
    }
  },
)

test('a probe says what is wrong', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  const { url } = directory
  await using silent = await listen(() => {})
  await using web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const closed = `ldap://127.0.0.1:${await freePort()}`
  const starttls = { use_starttls: true, certificates: [ca.cert] }
  for (const [server, problem, source] of [
    [{ url }, 'SUCCESS'],
    [{ url, bind_identity: '', password: '' }, 'SUCCESS'],
    [{ url, enabled: false }, 'LDAP_SERVER_DISABLED'],
    [{ url, password: 'wrong' }, 'INVALID_CREDENTIALS'],
    [{ url, bind_identity: 'cn=nobody,dc=corp,dc=example' }, 'INVALID_CREDENTIALS'],
    [{ url, bind_identity: 'nobody' }, 'BIND_DN_INVALID'],
    [{ url, password: '' }, 'BIND_DN_AND_PASSWORD_REQUIRED'],
    [{ url, bind_identity: '' }, 'BIND_DN_AND_PASSWORD_REQUIRED'],
    [{ url }, 'BASE_DN_NOT_FOUND', { base_dn: 'ou=none,dc=corp,dc=example' }],
    [{ url }, 'BASE_DN_NOT_FOUND', { base_dn: 'nonsense' }],
    [{ url }, 'BASE_DN_NOT_WITHIN_DOMAIN', { resource_type: 'ActiveDirectoryIdentitySource', base_dn: 'dc=example' }],
    [{ url: closed }, 'CONNECTION_REFUSED'],
    [{ url: 'ldap://no-such-host.invalid' }, 'UNKNOWN_HOST'],
    [{ url: `ldap://127.0.0.1:${silent.port}` }, 'CONNECTION_TIMEOUT'],
    [{ url: `ldap://127.0.0.1:${silent.port}`, ...starttls }, 'CONNECTION_TIMEOUT'],
    [{ url: `ldaps://127.0.0.1:${silent.port}`, certificates: [ca.cert] }, 'CONNECTION_TIMEOUT'],
    [{ url: adDirectory.url, ...starttls }, 'STARTTLS_FAILED'],
    [{ url: `ldap://127.0.0.1:${web.port}`, ...starttls }, 'STARTTLS_FAILED'],
    [{ url: `ldap://127.0.0.1:${web.port}` }, 'GENERAL_ERROR'],
  ] as [object, string, object?][]) {
    assert.equal(await probed(lab, server, source), problem, JSON.stringify([server, source]))
  }

  await put(lab, { url }, { url: closed }, { url: `${url}/`, enabled: false })
  const { json } = await lab.admin.post(`${sources}/corp?action=probe`)
  assert.deepEqual(json, {
    results: [
      { url, result: 'SUCCESS', errors: [] },
      { url: closed, result: 'FAILURE', errors: [{ error_type: 'CONNECTION_REFUSED' }] },
      { url: `${url}/`, result: 'FAILURE', errors: [{ error_type: 'LDAP_SERVER_DISABLED' }] },
    ],
  })

  const alone = { url, bind_identity: reader, password: readerPassword }
  const probeServer = async (body: object) => (await lab.admin.post(`${sources}?action=probe_ldap_server`, body)).json
  assert.deepEqual(await probeServer(alone), { url, result: 'SUCCESS', errors: [] })
  assert.deepEqual(await probeServer({ ...alone, password: 'x' }), {
    url,
    result: 'FAILURE',
    errors: [{ error_type: 'INVALID_CREDENTIALS' }],
  })
  assert.match((await probeServer({ url: 'x' })).error_message, /property url is not ldap:/)
})

test('the certificates of a server can be fetched, and then trusted', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  const fetch = (body: object) => lab.admin.post(`${sources}?action=fetch_certificate`, body)
  const expected = new X509Certificate(certificate.cert)
  for (const body of [{ url: directory.ldaps }, { url: `ldap://127.0.0.1:${directory.port}`, use_starttls: true }]) {
    const { status, json } = await fetch(body)
    assert.equal(status, 200)
    assert.equal(new X509Certificate(json.pem_encoded).fingerprint256, expected.fingerprint256)
    const [first] = json.details
    assert.deepEqual(first, {
      subject: 'CN=localhost',
      subject_cn: 'localhost',
      issuer: 'CN=Corp CA',
      issuer_cn: 'Corp CA',
      serial_number: expected.serialNumber,
      not_before: expected.validFromDate.getTime(),
      not_after: expected.validToDate.getTime(),
      is_ca: false,
      is_valid: true,
      public_key_algo: 'ec',
      public_key_length: 256,
      signature_algorithm: expected.signatureAlgorithm,
    })
    assert.equal(await probed(lab, { url: directory.ldaps, certificates: [json.pem_encoded] }), 'SUCCESS')
  }
  const plain = await fetch({ url: directory.url })
  assert.deepEqual([plain.status, plain.json.error_code], [400, 255])
  const none = await fetch({ url: `ldaps://127.0.0.1:${await freePort()}` })
  assert.equal(none.status, 503)
  assert.match(none.json.error_message, /CONNECTION_REFUSED/)
})

test(
  'users and groups are found by a part of their name, and named as role bindings name them',
  needsOpenLdap,
  async () => {
    await using lab = await openImpatientLab()
    await put(lab, { url: directory.url })
    const search = async (text: string) => {
      const answer = await lab.admin.post(`${sources}/corp/search?filter_value=${encodeURIComponent(text)}`)
      assert.equal(answer.status, 200, answer.text)
      return answer.json.results
    }
    assert.deepEqual(await search('BUILD'), [
      {
        type: 'USER',
        common_name: 'Bob Builder',
        dn: 'uid=bob,ou=people,dc=corp,dc=example',
        principal_name: 'bob@corp.example',
      },
    ])
    assert.deepEqual(
      (await search('ops')).map((found: { type: string; principal_name: string }) => [
        found.type,
        found.principal_name,
      ]),
      [
        ['GROUP', 'ops@corp.example'],
        ['GROUP', 'all-ops@corp.example'],
      ],
    )
    for (const text of ['b*b', '*)(uid=*', ')(', '\\62ob']) assert.deepEqual(await search(text), [], text)
    assert.equal((await search('(x)*')).length, 1)
  },
)

test('a server that is gone or silent is passed over, and for a while not asked at all', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  await using silent = await listen(() => {})
  const { url } = directory
  await put(lab, { url: `ldap://127.0.0.1:${silent.port}` }, { url: `ldap://127.0.0.1:${await freePort()}` }, { url })
  assert.equal(await signsIn(lab), true)
  assert.equal(silent.connections, 1)
  assert.equal(await signsIn(lab, 'alice'), true)
  assert.equal(silent.connections, 1)
  lab.clock.advance({ seconds: 10 })
  assert.equal(await signsIn(lab, 'pat'), true)
  assert.equal(silent.connections, 2)
  // A wrong password is the first server's answer and nobody else's question.
  await put(lab, { url }, { url: `ldap://127.0.0.1:${silent.port}` })
  assert.equal((await lab.a.as('bob@corp.example', 'wrong').get(userInfo)).status, 403)
  assert.equal(silent.connections, 2)
})

test('servers that are not enabled are not asked', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  const { url } = directory
  await using off = await listen(() => {})
  await put(lab, { url: `ldap://127.0.0.1:${off.port}`, enabled: false }, { url })
  assert.equal(await signsIn(lab), true)
  await put(lab, { url, enabled: false })
  assert.equal(await signsIn(lab), false)
  assert.equal(off.connections, 0)
})

test('a server that hangs at any point costs a bounded wait and holds nobody else up', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  // It passes on what the directory says until the directory has said so many things, then nothing more.
  for (const answers of [0, 1, 2, 3]) {
    let open = 0
    await using hanging = await listen((socket) => {
      open++
      const upstream = connect(directory.port, '127.0.0.1').on('error', () => {})
      let heard = 0
      socket
        .on('data', (chunk) => upstream.write(chunk))
        .on('close', () => {
          open--
          upstream.destroy()
        })
      upstream.on('data', (chunk) => heard++ < answers && socket.write(chunk))
    })
    await put(lab, { url: `ldap://127.0.0.1:${hanging.port}` })
    const before = performance.now()
    const signingIn = signsIn(lab)
    const local = await lab.a.as('admin', labPassword).get(userInfo)
    assert.equal(local.status, 200)
    assert.equal(await signingIn, false)
    assert(performance.now() - before < 3000)
    assert.equal(hanging.connections, 1)
    while (open > 0) await new Promise(setImmediate)
  }
})

test('a server that drips bytes, or sends too many, is cut off', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  await using dripping = await listen((socket) => {
    const drip = setInterval(() => socket.write(Buffer.from([0x30])), 50)
    socket.on('close', () => clearInterval(drip))
  })
  await using flooding = await listen((socket) => {
    // The beginning of a message of 2 GB.
    socket.write(Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]))
    const flood = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    }
    socket.on('drain', flood)
    flood()
  })
  for (const { port } of [dripping, flooding]) {
    assert.notEqual(await probed(lab, { url: `ldap://127.0.0.1:${port}` }), 'SUCCESS')
    await put(lab, { url: `ldap://127.0.0.1:${port}` })
    assert.equal(await signsIn(lab), false)
  }
})

test(
  'what is said in clear behind the answer to StartTLS is not taken for what is said encrypted',
  needsOpenLdap,
  async () => {
    await using lab = await openImpatientLab()
    const accepted = Buffer.from([0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0])
    // A bind response that says success, and the beginning of one.
    const injected = Buffer.from([0x30, 12, 2, 1, 2, 0x61, 7, 0x0a, 1, 0, 4, 0, 4, 0])
    for (const more of [injected, injected.subarray(0, 9), Buffer.from([0])]) {
      await using between = await listen((socket) => {
        const upstream = connect(directory.port, '127.0.0.1').on('error', () => {})
        socket.on('data', (chunk) => upstream.write(chunk)).on('close', () => upstream.destroy())
        upstream.once('data', () => {
          socket.write(Buffer.concat([accepted, more]))
          upstream.on('data', (chunk) => socket.write(chunk))
        })
      })
      const server = { url: `ldap://localhost:${between.port}`, use_starttls: true, certificates: [ca.cert] }
      assert.equal(await probed(lab, server), 'STARTTLS_FAILED')
    }
  },
)

test('referrals are not followed', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  await using elsewhere = await listen((socket) => socket.destroy())
  const dn = 'ou=far,dc=corp,dc=example'
  directory.modify(
    `dn: ${dn}\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\n` +
      `ref: ldap://127.0.0.1:${elsewhere.port}/ou=far\n`,
  )
  await put(lab, { url: directory.url })
  assert.equal(await signsIn(lab), true)
  assert.equal((await lab.a.as('nobody@corp.example', userPassword).get(userInfo)).status, 403)
  assert.equal(await probed(lab, { url: directory.url }, { base_dn: dn }), 'BASE_DN_NOT_FOUND')
  assert.equal((await lab.admin.post(`${sources}/corp/search?filter_value=bob`)).status, 200)
  assert.equal(elsewhere.connections, 0)
})

test('an unknown name asks the directory for as much as a wrong password does', needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  let questions = 0
  await using counting = await listen((socket) => {
    const upstream = connect(directory.port, '127.0.0.1')
    upstream.on('error', () => {}).pipe(socket)
    socket.on('data', (chunk) => {
      questions++
      upstream.write(chunk)
    })
    socket.on('close', () => upstream.destroy())
  })
  await put(lab, { url: `ldap://127.0.0.1:${counting.port}` })
  const asked = async (name: string) => {
    questions = 0
    assert.equal((await lab.a.as(`${name}@corp.example`, 'wrong').get(userInfo)).status, 403)
    return questions
  }
  const wrong = await asked('bob')
  assert.equal(await asked('nobody'), wrong)
  assert.equal(await asked('twin'), wrong)
})

const adSource = (server: object, more: object = {}) => ({
  resource_type: 'ActiveDirectoryIdentitySource',
  domain_name: 'ad.example',
  base_dn: 'dc=ad,dc=example',
  ldap_servers: [server],
  ...more,
})

test(
  'in Active Directory users have two names, and groups are called by their account name',
  needsOpenLdap,
  async () => {
    await using lab = await openImpatientLab()
    const answer = await lab.admin.put(`${sources}/ad`, adSource({ url: adDirectory.url }))
    assert.equal(answer.status, 200, answer.text)
    bindRemote(lab, 'remote_user', 'jane.doe@ad.example', ['network_op'], 'ad')
    bindRemote(lab, 'remote_group', 'fw-team@ad.example', ['security_op'], 'ad')
    bindRemote(lab, 'remote_group', 'CN=Far Away,DC=other,DC=example', ['auditor'], 'ad')
    const who = async (name: string) => {
      const { status, json } = await lab.a.as(name, userPassword).get(userInfo)
      return status === 200
        ? [json.user_name, ...json.roles.map(({ role }: { role: string }) => role).sort()]
        : undefined
    }
    for (const name of ['jdoe@ad.example', 'Jane.Doe@AD.example']) {
      assert.deepEqual(await who(name), ['jane.doe@ad.example', 'auditor', 'network_op', 'security_op'])
    }
    assert.deepEqual(await who('sam@ad.example'), ['sam@ad.example', 'auditor'])
    // A principal name at a domain that is not this source's is nobody's name here.
    assert.deepEqual(await who('stranger@ad.example'), ['stranger@ad.example', 'auditor'])
    for (const name of ['host$@ad.example', 'admin@elsewhere.example', 'Jane Doe@ad.example']) {
      assert.equal(await who(name), undefined, name)
    }
  },
)

test(
  "Active Directory's nested groups are asked for by its own rule, and only where they are to count",
  needsOpenLdap,
  async () => {
    await using lab = await openImpatientLab()
    let said = ''
    await using recording = await listen((socket) => {
      const upstream = connect(adDirectory.port, '127.0.0.1')
      upstream.on('error', () => {}).pipe(socket)
      socket.on('data', (chunk) => {
        said += chunk.toString('latin1')
        upstream.write(chunk)
      })
      socket.on('close', () => upstream.destroy())
    })
    const server = { url: `ldap://127.0.0.1:${recording.port}` }
    for (const nested of [false, true]) {
      said = ''
      const more = { resolve_nested_groups: nested, ...(nested ? { _revision: 0 } : {}) }
      assert.equal((await lab.admin.put(`${sources}/ad`, adSource(server, more))).status, 200)
      assert.equal((await lab.a.as('jdoe@ad.example', userPassword).get(userInfo)).status, 200)
      assert.equal(said.includes('1.2.840.113556.1.4.1941'), nested)
    }
  },
)

test("a user's groups in Active Directory are known for group_cache_ttl seconds", needsOpenLdap, async () => {
  await using lab = await openImpatientLab()
  const team = 'cn=Firewall Team,dc=ad,dc=example'
  const sam = 'cn=Sam Only,dc=ad,dc=example'
  await lab.admin.put(`${sources}/ad`, adSource({ url: adDirectory.url }, { group_cache_ttl: 300 }))
  bindRemote(lab, 'remote_group', 'fw-team@ad.example', ['security_op'], 'ad')
  const roles = async () => {
    // The password's being remembered has an end of its own.
    lab.clock.advance({ seconds: 61 })
    return (await lab.a.as('sam@ad.example', userPassword).get(userInfo)).json.roles.length
  }
  assert.equal(await roles(), 0)
  adDirectory.modify(`dn: ${team}\nchangetype: modify\nadd: member\nmember: ${sam}\n`)
  try {
    assert.equal(await roles(), 0)
    lab.clock.advance({ seconds: 300 })
    assert.equal(await roles(), 1)
  } finally {
    adDirectory.modify(`dn: ${team}\nchangetype: modify\ndelete: member\nmember: ${sam}\n`)
  }
})
