import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { labSsoPassword } from '../../src/lab.ts'
import { corp, reader, readerPassword, userPassword } from '../directories.ts'
import { databases, openLab } from '../lab.ts'
import { openLdapSkip, openOpenLdap } from '../servers/openldap.ts'
import { signedIn } from './clients.ts'

const command = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url))
const sqlite = databases[0] ?? assert.fail()

/** Runs `sallyport sso` to its end. */
async function run(args: string[], variables: Record<string, string> = {}, input = '') {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_'))
  const env = { ...Object.fromEntries(inherited), ...variables }
  const child = spawn(process.execPath, [command, 'sso', ...args], { env, stdio: 'pipe' })
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}

test('sallyport sso manages users and groups of a running server, and takes no password as an argument', async () => {
  await using lab = await openLab(sqlite)
  const connection = { SALLYPORT_SERVER: lab.a.url, SALLYPORT_CA: lab.server.ready.ca }
  const variables = { ...connection, SALLYPORT_SSO_PASSWORD: labSsoPassword }
  const sso = async (args: string[], more: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await run(args, { ...variables, ...more })
    assert.deepEqual([code, stderr], [0, ''], args.join(' '))
    return stdout
  }
  const password = 'Winter-is-9-coming'
  const created = await sso(['user', 'create', 'robot', '--description', 'nightly build'], {
    SALLYPORT_SSO_NEW_PASSWORD: password,
  })
  assert.match(created, /^name: robot\n(.*\n)*description: nightly build\n/)
  const listed = await sso(['user', 'list'])
  assert.match(listed, /^name +domain +first_name/)
  assert.match(listed, /\nrobot +vsphere\.local /)
  const [administrator] = JSON.parse(await sso(['user', 'list', '--json'])).users
  assert.equal(administrator.name, 'Administrator')

  assert.match(await sso(['group', 'create', 'builders']), /^name: builders\n/)
  assert.match(await sso(['group', 'add-member', 'builders', 'robot']), /^type: user\nname: robot\n/)
  await sso(['group', 'add-member', 'builders', '--group', 'all-ops@corp.example'])
  const members = 'members: group all-ops corp.example, user robot vsphere.local\n'
  assert((await sso(['group', 'show', 'builders'])).endsWith(members))
  assert.equal(await sso(['group', 'remove-member', 'builders', '--group', 'all-ops@corp.example']), '')
  assert.match(await sso(['user', 'show', 'robot']), /\ngroups: builders, Users\n$/)

  const file = join(lab.dataDir, 'robot.txt')
  writeFileSync(file, 'New-Pass-9\n')
  await sso(['user', 'reset-password', 'robot', '--new-password-file', file])
  await signedIn(lab.a, 'robot', 'New-Pass-9')
  const own = { SALLYPORT_SSO_NEW_PASSWORD: 'Own-Pass-10' }
  await sso(['user', 'change-password', '--user', 'robot', '--password-file', file], own)
  await signedIn(lab.a, 'robot', 'Own-Pass-10')
  assert.match(await sso(['policy', 'set', 'maximum_length', '64']), /\nmaximum_length: 64\n/)
  assert.equal(await sso(['user', 'delete', 'robot']), '')

  const fails = async (args: string[], expected: [code: number, stderr: RegExp], given = variables) => {
    const { code, stdout, stderr } = await run(args, given)
    assert.deepEqual([code, stdout], [expected[0], ''], args.join(' '))
    assert.match(stderr, expected[1], args.join(' '))
  }
  await fails(['user', 'show', 'robot'], [1, /^sallyport: not_found: There is no user robot\n$/])
  await fails(['policy', 'set', 'maximum_length', 'x'], [1, /^sallyport: invalid_field: /])
  await fails(['user', 'list'], [1, /^sallyport: unauthenticated: /], { ...connection, SALLYPORT_SSO_PASSWORD: 'x' })
  await fails(
    ['user', 'list'],
    [2, /^sallyport: passwordFile: .*SALLYPORT_SSO_PASSWORD\n$/],
    connection as typeof variables,
  )
  await fails(['user', 'create', 'x'], [2, /^sallyport: newPasswordFile: /])
  await fails(['user', 'list', '--ca', '/nowhere'], [2, /^sallyport: ca: cannot read \/nowhere/])
  await fails(['user', 'list', '--server', 'http://127.0.0.1'], [2, /^sallyport: server: http:\/\/127\.0\.0\.1 is not/])
  // Without the CA certificate nobody is told the password.
  const { SALLYPORT_CA: _, ...untrusting } = variables
  await fails(
    ['user', 'list'],
    [2, /^sallyport: server: .* cannot be asked: .*certificate/],
    untrusting as typeof variables,
  )
})

test('sallyport sso source lets a directory in to vCenter, tries it, changes it and takes it away', {
  skip: openLdapSkip,
}, async () => {
  await using directory = await openOpenLdap(corp)
  await using lab = await openLab(sqlite)
  const variables = {
    SALLYPORT_SERVER: lab.a.url,
    SALLYPORT_CA: lab.server.ready.ca,
    SALLYPORT_SSO_PASSWORD: labSsoPassword,
  }
  const source = async (args: string[], input = '') => {
    const { code, stdout, stderr } = await run(['source', ...args], variables, input)
    assert.deepEqual([code, stderr], [0, ''], args.join(' '))
    return stdout
  }
  const fails = async (args: string[], expected: RegExp, input = '') => {
    const { code, stdout, stderr } = await run(['source', ...args], variables, input)
    assert.notEqual(code, 0, args.join(' '))
    assert.match(stdout + stderr, expected, args.join(' '))
  }
  assert.equal(await source(['list']), '')
  const bound = ['--bind-identity', reader, '--bind-password-file', '-']
  const place = ['--base-dn', 'dc=corp,dc=example', '--url', directory.url]
  await fails(['add', 'corp', ...place], /^sallyport: invalid_field: required property domain_name is missing\n$/)
  await fails(['add', 'corp', ...place, '--domain', 'corp.example', ...bound], /^sallyport: bindPasswordFile: standard/)
  const added = await source(['add', 'corp', ...place, '--domain', 'corp.example', ...bound], `${readerPassword}\n`)
  assert.match(added, /^id: corp\ntype: openldap\ndomains: corp.example\nbase_dn: dc=corp,dc=example\nservers: ldap:/)
  assert.doesNotMatch(added, new RegExp(readerPassword))
  assert.match(await source(['list']), /^id +type +domains +servers\ncorp +openldap +corp.example +ldap:/)
  await signedIn(lab.a, 'bob@corp.example', userPassword)
  assert.match(await source(['test', 'corp']), / SUCCESS\n$/)
  await fails(['add', 'corp', ...place, '--domain', 'corp.example'], /already_exists/)

  await source(['update', 'corp', '--alternative-domain', 'corp.test', '--alternative-domain', 'corp.net'])
  assert.match(await source(['show', 'corp']), /\ndomains: corp.example, corp.test, corp.net\n/)
  await signedIn(lab.a, 'bob@corp.net', userPassword)
  await source(['update', 'corp', '--bind-password-file', '-'], 'wrong')
  await fails(['test', 'corp'], / INVALID_CREDENTIALS\n$/)
  await fails(['update', 'corp', '--url', 'ldap://127.0.0.1:9'], /required property ldap_servers.0.password is missing/)
  await fails(['update', 'nothing', '--domain', 'corp.test'], /^sallyport: not_found: /)
  assert.equal(await source(['remove', 'corp']), '')
  await fails(['show', 'corp'], /^sallyport: not_found: /)
})

test('sallyport sso --help shows how it is used', async () => {
  for (const args of [
    [],
    ['user', 'create'],
    ['group', 'add-member'],
    ['source', 'add'],
    ['source', 'update'],
    ['policy', 'set'],
  ]) {
    const { code, stdout } = await run([...args, '--help'])
    assert.equal(code, 0)
    assert.match(stdout, /\nExamples?:\n {2}\S/)
  }
})
