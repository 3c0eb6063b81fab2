import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { policyRanges } from '../../src/access/passwords/auth-policy.ts'
import { ssoPolicyRanges } from '../../src/access/vcenter/sso/policy.ts'
import { wireNames } from '../../src/http/nsx/auth-policy-wire.ts'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson, type Page } from './browser.ts'

const options = { skip: noChromium }
const policy = '/api/v1/node/aaa/auth-policy'
const apiService = '/api/v1/cluster/api-service'
const administrator = 'administrator@vsphere.local'
const auditorPassword = 'Zk7!vbQp2$wLm'

let lab: Lab
before(async () => {
  if (noChromium) return
  lab = await openLab(databases[0]!)
  await lab.admin.post('/api/v1/node/users/10002?action=activate', { password: auditorPassword })
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

const dialog = (page: Page) => page.getByRole('dialog')
const save = (page: Page) => dialog(page).getByRole('button', { name: 'Save' }).click()
/** Not imported by its name: the console's types are a browser's, and are checked where it is built. */
const pageFile = (file: string) => import(`../../web/src/app/policy/${file}`)
const rules = (page: Page) => page.getByRole('list', { name: 'Rules' }).getByRole('listitem')

test('the pages know the ranges and the defaults that the server enforces', async () => {
  const read = async (file: string) => (await pageFile(file)).allRules
  const shown = (await read('auth-policy/auth-policy.ts')).map(({ name, minimum, maximum, default: value }: Rule) => [
    name,
    { minimum, maximum, default: value },
  ])
  const enforced = Object.entries(policyRanges).map(([name, { group: _, ...range }]) => [
    (wireNames as Record<string, string>)[name],
    range,
  ])
  assert.deepEqual(Object.fromEntries(shown), Object.fromEntries(enforced))
  const ofSso = (await read('sso-policy/sso-policy.ts')).map(({ minimum, maximum, default: value }: Rule) =>
    JSON.stringify({ minimum, maximum, default: value }),
  )
  assert.deepEqual(
    ofSso.sort(),
    Object.values(ssoPolicyRanges)
      .map((range) => JSON.stringify(range))
      .sort(),
  )
})

test('the administrator sees what a change does before it is saved, and what is saved', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('auth-policy', 'Authentication policy', 'admin', labPassword)
  await page.getByText('5 wrong passwords within 15 minutes lock an account out of the API for 15 minutes.').waitFor()
  await person.isAccessible()

  await page.getByLabel('Wrong passwords that lock the API').fill('3')
  await page.getByText('3 wrong passwords within 15 minutes lock').waitFor()
  await page.getByLabel('The API stays locked for').fill('60')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await dialog(page)
    .getByText('3 wrong passwords within 15 minutes lock an account out of the API for 1 minute.')
    .waitFor()
  await dialog(page).getByText('Accounts that are locked out of the API now are free').waitFor()
  assert.deepEqual(await dialog(page).getByRole('row').allInnerTexts(), [
    'Field\tNow\tThen',
    'Wrong passwords that lock the API\t5 failures\t3 failures',
    'The API stays locked for\t900 seconds (15 minutes)\t60 seconds (1 minute)',
  ])
  await person.isAccessible()
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  assert.equal((await lab.admin.get(policy)).json.api_max_auth_failures, 5)

  await page.getByRole('button', { name: 'Review changes' }).click()
  await save(page)
  await page.getByText('The policy is saved.').waitFor()
  const { json } = await lab.admin.get(policy)
  assert.deepEqual([json.api_max_auth_failures, json.api_failed_auth_lockout_period], [3, 60])
})

test('a value out of its range is told at its field, and nothing is sent', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('auth-policy', 'Authentication policy', 'admin', labPassword)
  const field = page.getByLabel('Minimum length (characters)')
  for (const [value, text] of [
    ['7', 'At least 8.'],
    ['129', 'At most 128.'],
    ['9.5', 'A whole number.'],
    ['', 'Fill this in.'],
  ] as const) {
    await field.fill(value)
    await field.blur()
    await page.getByText(text).waitFor()
    await page.getByText('Something above is not valid yet').waitFor()
  }
  await field.fill('30')
  await page.getByLabel('Maximum length (characters)').fill('20')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await save(page)
  await dialog(page).getByRole('alert').waitFor()
  assert.match(await dialog(page).getByRole('alert').innerText(), /greater than 20/)
  assert.equal((await lab.admin.get(policy)).json.maximum_password_length, 128)
})

test(
  'what somebody else saved meanwhile is told and stays, and each reset brings its fields back',
  options,
  async () => {
    await using person = await newPerson(lab.a.url)
    const { page } = person
    await person.enter('auth-policy', 'Authentication policy', 'admin', labPassword)
    await page.getByLabel('Digits').fill('-2')
    await lab.admin.put(policy, { max_repeats: 4 })
    await page.getByRole('button', { name: 'Review changes' }).click()
    await dialog(page).getByRole('heading', { name: 'Changed meanwhile' }).waitFor()
    await dialog(page)
      .getByRole('row', { name: 'Longest run of one character 0 characters (any) 4 characters' })
      .waitFor()
    await save(page)
    await page.getByText('The policy is saved.').waitFor()
    const saved = (await lab.admin.get(policy)).json
    assert.deepEqual([saved.digits, saved.max_repeats], [-2, 4])

    await lab.admin.put(policy, { cli_max_auth_failures: 9 })
    const reset = async (name: string) => {
      await page.getByRole('button', { name }).click()
      await dialog(page).getByRole('button', { name: 'Reset', exact: true }).click()
      await dialog(page).waitFor({ state: 'detached' })
      return (await lab.admin.get(policy)).json
    }
    const first = await reset('Reset the password rules')
    assert.deepEqual([first.digits, first.max_repeats, first.cli_max_auth_failures], [-1, 0, 9])
    const second = await reset('Reset the lockout rules')
    assert.equal(second.cli_max_auth_failures, 5)
    await lab.admin.put(policy, { digits: -2, cli_max_auth_failures: 9 })
    const third = await reset('Reset everything')
    assert.deepEqual([third.digits, third.cli_max_auth_failures], [-1, 5])
  },
)

test('a sample password is put to the policy while it is typed, saved or not', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('auth-policy', 'Authentication policy', 'admin', labPassword)
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/password-check')) sent.push(request.postData() ?? '')
  })
  await page.getByLabel('Sample password').pressSequentially('zk7vbqp', { delay: 20 })
  await page.getByText('Broken rules: At least 1 upper-case letter').waitFor({ state: 'attached' })
  assert.ok(sent.length < 4, `${sent.length} calls`)
  await person.isAccessible()
  await page.getByLabel('Sample password').fill('Zk7!vbQp2$wL')
  await page.getByText('The password keeps the rules.').waitFor({ state: 'attached' })
  assert.ok((await rules(page).allInnerTexts()).every((text) => !text.startsWith('Broken')))

  await page.getByLabel('Minimum length (characters)').fill('20')
  await page.getByText('Broken rules: At least 20 characters.').waitFor({ state: 'attached' })
  await page.getByLabel('Characters that the old password does not have').fill('3')
  await page.getByLabel('Password that it would replace').fill('Zk7!vbQp2$wL')
  await page.getByText('At least 3 characters that the password that it replaces does not have').first().waitFor()
  assert.equal((await lab.admin.get(policy)).json.minimum_password_length, 12)
})

test("an edge's policy is its own, and has no rules for an API", options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('auth-policy', 'Authentication policy', 'admin', labPassword)
  await page.getByLabel('Policy of').selectOption({ label: 'edge-a' })
  await page.waitForURL(`**/auth-policy?of=${lab.edgeIds[0]}`)
  await page.getByLabel('Wrong passwords that lock the API').waitFor({ state: 'detached' })
  await page.getByLabel('Wrong passwords that lock the console').fill('2')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await dialog(page).getByText('It counts at once on this edge, and nowhere else.').waitFor()
  await save(page)
  await page.getByText('The policy is saved.').waitFor()
  const edge = await lab.admin.get(`/api/v1/transport-nodes/${lab.edgeIds[0]}/node/aaa/auth-policy`)
  assert.deepEqual([edge.json.cli_max_auth_failures, (await lab.admin.get(policy)).json.cli_max_auth_failures], [2, 5])
})

test('an auditor reads both pages, tries passwords, and changes nothing', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('auth-policy', 'Authentication policy', 'audit', auditorPassword)
  await page.getByText('Your roles let you read this policy').waitFor()
  assert.equal(await page.getByRole('button', { name: /Review|Reset/ }).count(), 0)
  assert.equal(await page.getByLabel('Digits').getAttribute('readonly'), '')
  await page.getByLabel('Sample password').fill('short')
  await page.getByText(/^Broken rules: /).waitFor({ state: 'attached' })
  await person.isAccessible()
  await person.open('api-service', 'API service')
  await page.getByText('Your roles let you read this configuration').waitFor()
  assert.equal(await page.getByRole('button', { name: /Review|Add my address/ }).count(), 0)
  assert.equal(await page.getByRole('checkbox', { disabled: false }).count(), 0)
  await person.isAccessible()
  assert.equal(await page.getByRole('link', { name: 'Password policy' }).count(), 0)
})

test('a choice of TLS versions and cipher suites is refused when nobody, or no browser, could connect', async () => {
  const { lockedOut, withoutSuite } = await pageFile('api-service/tls-choice.ts')
  const on = (...names: string[]) => names.map((name) => ({ name, enabled: true }))
  const tls13 = 'TLS_AES_128_GCM_SHA256'
  const rsa = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'
  const ecdsa = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'
  const old = 'TLS_RSA_WITH_AES_128_CBC_SHA256'
  const all = on('TLSv1.1', 'TLSv1.2', 'TLSv1.3')
  for (const [versions, suites, key, why] of [
    [on('TLSv1.3'), on(tls13), 'ec', undefined],
    [on('TLSv1.2'), on(rsa), 'rsa', undefined],
    [on('TLSv1.2'), on(ecdsa), 'ec', undefined],
    [on('TLSv1.2'), on('TLS_RSA_WITH_AES_128_CBC_SHA'), 'rsa', undefined],
    [all, on(tls13), 'rsa', undefined],
    [[{ name: 'TLSv1.2', enabled: false }], on(rsa), 'rsa', /one TLS version/],
    [on('TLSv1.2'), [{ name: rsa, enabled: false }], 'rsa', /one cipher suite/],
    [on('TLSv1.1', 'TLSv1.3'), on(tls13), 'rsa', /gap/],
    [on('TLSv1.2'), on(tls13), 'rsa', /Nobody could connect/],
    [on('TLSv1.3'), on(rsa, ecdsa), 'rsa', /Nobody could connect/],
    [on('TLSv1.2'), on(rsa), 'ec', /Nobody could connect/],
    [on('TLSv1.2'), on(ecdsa), 'rsa', /Nobody could connect/],
    [on('TLSv1.2'), on(old), 'rsa', /lock yourself out/],
    [on('TLSv1.1'), on('TLS_RSA_WITH_AES_128_CBC_SHA'), 'rsa', /lock yourself out/],
  ] as const) {
    const said = lockedOut(versions, suites, key)
    if (why) assert.match(said, why)
    else assert.equal(said, undefined)
  }
  assert.deepEqual(withoutSuite(all, on(rsa), 'rsa'), ['TLSv1.1', 'TLSv1.3'])
})

test('nobody is let to lock themselves out, and what the browser uses is told', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('api-service', 'API service', 'admin', labPassword)
  await page.getByText(/Your browser uses TLSv1\.3 with TLS_/).waitFor()
  await person.isAccessible()
  const review = page.getByRole('button', { name: 'Review changes' })
  const tick = async (name: RegExp, on: boolean) => {
    const box = page.getByRole('checkbox', { name })
    if ((await box.isChecked()) !== on) await box.press('Space')
  }

  await tick(/^TLSv1\.3/, false)
  await page.getByRole('button', { name: 'Review changes', disabled: false }).waitFor()
  await tick(/^TLSv1\.2/, false)
  await page.getByText('Keep at least one TLS version.').waitFor()
  await page.getByRole('button', { name: 'Review changes', disabled: true }).waitFor()
  await tick(/^TLSv1\.1/, true)
  await page.getByText(/You would lock yourself out|Nobody could connect/).waitFor()
  await tick(/^TLSv1\.3/, true)
  await page.getByText('Versions must not leave a gap').waitFor()
  await tick(/^TLSv1\.2/, true)
  await page.getByText('Versions must not leave a gap').waitFor({ state: 'detached' })
  await tick(/^TLSv1\.1/, false)
  await page.getByRole('button', { name: 'Review changes', disabled: true }).waitFor()

  await tick(/^TLSv1\.3/, false)
  await tick(/^Basic authentication/, false)
  await page.getByLabel('Addresses that are never locked').fill('192.0.2.1')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('checkbox', { name: /^TLSv1\.3/, checked: true }).waitFor()
  await page.getByRole('checkbox', { name: /^Basic authentication/, checked: true }).waitFor()
  assert.equal(await page.getByLabel('Addresses that are never locked').inputValue(), '')

  await tick(/^Basic authentication/, false)
  await tick(/^Sessions with a cookie/, false)
  await page.getByText('Keep one way to sign in').waitFor()
  await tick(/^Sessions with a cookie/, true)
  const cbc = 'TLS_RSA_WITH_AES_128_CBC_SHA256'
  await tick(new RegExp(`^${cbc}`), false)
  await page.getByLabel('Idle time of a session').fill('3600')
  await review.click()
  await dialog(page)
    .getByText(/What your browser uses, TLSv1\.3 with TLS_\w+, stays\./)
    .waitFor()
  await dialog(page).getByText('scripts that do must create sessions').waitFor()
  await dialog(page).getByText('end when they have been idle for 1 hour').waitFor()
  await person.isAccessible()
  const { client } = await lab.a.signIn('admin', labPassword)
  const before = (await client.get(apiService)).json
  await save(page)
  await page.getByText('The configuration is saved.').waitFor()
  const { json } = await client.get(apiService)
  assert.deepEqual(
    [json.session_timeout, json.basic_authentication_enabled, json._revision],
    [3600, false, before._revision + 1],
  )
  assert.deepEqual(
    json.cipher_suites.filter(({ enabled }: { enabled: boolean }) => !enabled),
    [{ name: cbc, enabled: false }],
  )
  assert.equal((await client.put(apiService, { ...before, _revision: json._revision })).status, 200)
})

test('a configuration that somebody else saved first is told, and is not lost', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('api-service', 'API service', 'admin', labPassword)
  await page.getByLabel('Host of redirects').fill('nsx.example')
  await page.getByRole('button', { name: 'Add my address' }).click()
  await page.getByRole('button', { name: 'Review changes' }).click()
  await dialog(page).getByText('Wrong passwords from these addresses are not counted').waitFor()

  const { client } = await lab.a.signIn('admin', labPassword)
  const { json } = await client.get(apiService)
  await client.put(apiService, { ...json, connection_timeout: 45 })
  await save(page)
  await dialog(page).getByRole('alert').waitFor()
  await dialog(page).getByRole('heading', { name: 'Changed meanwhile by admin' }).waitFor()
  await dialog(page)
    .getByRole('row', { name: /Idle time of a connection.*30 seconds.*45 seconds/ })
    .waitFor()
  await person.isAccessible()
  await save(page)
  await page.getByText('The configuration is saved.').waitFor()
  const saved = (await client.get(apiService)).json
  assert.deepEqual(
    [saved.redirect_host, saved.connection_timeout, saved.lockout_immune_addresses.length],
    ['nsx.example', 45, 1],
  )
  await client.put(apiService, { ...json, _revision: saved._revision })
})

test('the policy of vsphere.local says whose passwords a shorter life ends', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('sso-policy', 'Password and lockout policy', administrator, labSsoPassword)
  await page.getByText('5 wrong passwords within 3 minutes lock a user for 5 minutes.').waitFor()
  await person.isAccessible()
  await page.getByLabel('Sample password').fill('Zk7!vbQpaaaa')
  await page.getByText('Broken rules: No character more than 3 times in a row.').waitFor({ state: 'attached' })
  await page.getByLabel('A password is valid for').fill('1')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await dialog(page).getByText('A password must be changed when it is 1 day old.').waitFor()
  await person.isAccessible()
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  await page.getByLabel('Minimum length').fill('10')
  await page.getByLabel('A password is valid for').fill('90')
  await page.getByRole('button', { name: 'Review changes' }).click()
  await save(page)
  await page.getByText('The policy is saved.').waitFor()
  const vcenter = lab.a.as(administrator, labSsoPassword)
  assert.equal((await vcenter.get('/sallyport/v1/sso/policy')).json.minimum_length, 10)
})

test('whoever may not read a policy is told so at its address', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('sso-policy', 'Not allowed', 'holouser@vsphere.local', labSsoPassword)
  assert.equal(new URL(page.url()).pathname, '/console/sso-policy')
  assert.equal(await page.getByRole('link', { name: 'Password policy' }).count(), 0)
  await page.goto('/console/auth-policy')
  await page.waitForURL('**/sign-in?**')
})

interface Rule {
  name: string
  minimum: number
  maximum: number
  default: number
}
