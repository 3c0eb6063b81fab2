import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { databases } from '../database.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson, type Page } from './browser.ts'

const options = { skip: noChromium }
const strong = 'Correct!Horse-77-Battery'

let lab: Lab
before(async () => {
  if (noChromium) return
  lab = await openLab(databases[0]!)
  const { status } = await lab.admin.post('/api/v1/node/users/10002?action=activate', { password: labPassword })
  assert.equal(status, 200)
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

async function opened(name = 'admin') {
  const person = await newPerson(lab.a.url)
  await person.enter('node-users', 'Local users', name, labPassword)
  await person.page.getByRole('gridcell', { name: 'root', exact: true }).first().waitFor()
  return person
}

async function choose(page: Page, who: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${who}` }).click()
  await page.getByRole('button', { name: action, exact: true }).click()
}

const said = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor()
const row = (page: Page, who: string) => page.getByRole('row').filter({ hasText: who })

/** As OpenSSH writes it into a `.pub` file. */
function publicKey(comment: string): string {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.from(x, 'base64url'))])
  return `ssh-ed25519 ${blob.toString('base64')} ${comment}`
}

test('an administrator makes a user, and sees when its password expires', options, async () => {
  await using person = await opened()
  const { page } = person
  await person.isAccessible()
  await page.getByRole('button', { name: 'New user' }).click()
  await page.getByRole('textbox', { name: 'User name' }).fill('backup')
  await page.getByLabel('Password', { exact: true }).fill(strong)
  await page.getByLabel('Password, once more', { exact: true }).fill(strong)
  await page.getByLabel('Password valid for (days)').fill('30')
  await person.isAccessible()
  await page.getByRole('button', { name: 'Create' }).click()
  await said(page, 'The user backup is made.')
  const cells = row(page, 'backup')
  await cells.getByText('Active').waitFor()
  await cells.getByText('in 30 days').waitFor()
  await cells.getByText('today').waitFor()
})

test('what the server refuses stands at the field it is about, and what was typed stays', options, async () => {
  await using person = await opened()
  const { page } = person
  await page.getByRole('button', { name: 'New user' }).click()
  const name = page.getByRole('textbox', { name: 'User name' })
  await name.fill('guestuser2')
  await page.getByRole('textbox', { name: 'Full name' }).fill('Second <b>Guest</b>')
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('short')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('The two passwords differ.').waitFor()
  await page.getByLabel('Password, once more', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Create' }).click()
  const flaw = page.getByText(/^BAD PASSWORD/)
  await flaw.waitFor()
  assert.match((await password.getAttribute('aria-describedby')) ?? '', /error/)
  assert.equal(await name.inputValue(), 'guestuser2')
  assert.equal(await page.getByRole('textbox', { name: 'Full name' }).inputValue(), 'Second <b>Guest</b>')

  await password.fill(strong)
  await page.getByLabel('Password, once more', { exact: true }).fill(strong)
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('User guestuser2 already exists').waitFor()
  await page.waitForFunction("document.activeElement.matches('[autocapitalize=none]')")
})

test('a call that does not come through keeps the form, which can be sent again', options, async () => {
  await using person = await opened()
  const { page } = person
  await page.getByRole('button', { name: 'New user' }).click()
  await page.getByRole('textbox', { name: 'User name' }).fill('steady')
  await page.route('**/node/users?action=create_user', (route) => route.abort(), { times: 1 })
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'User name' }).inputValue(), 'steady')
  await page.getByRole('button', { name: 'Create' }).click()
  await said(page, 'The user steady is made.')
  await row(page, 'steady').getByText('Not activated').waitFor()
})

test('a user is activated, changed, renamed, reset, deactivated and deleted', options, async () => {
  await using person = await opened()
  const { page } = person
  const giveTwice = async () => {
    await page.getByLabel('New password', { exact: true }).fill(strong)
    await page.getByLabel('New password, once more', { exact: true }).fill(strong)
  }
  await choose(page, 'guestuser1', 'Activate')
  await giveTwice()
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click()
  await said(page, 'guestuser1 is activated')
  assert.equal((await lab.a.as('guestuser1', strong).get('/api/v1/node/users')).status, 200)

  await choose(page, 'guestuser1', 'Change')
  await page.getByRole('textbox', { name: 'User name' }).fill('helper')
  await page.getByRole('textbox', { name: 'Full name' }).fill('<script>alert(1)</script>\u202Egnp.exe')
  await page.getByLabel('Password valid for (days)').fill('0')
  await page.getByRole('button', { name: 'Save' }).click()
  await said(page, 'helper is changed')
  await row(page, 'helper').getByText('never').waitFor()
  await row(page, 'helper').getByText('<script>alert(1)</script>').waitFor()

  await choose(page, 'helper', 'Reset password')
  await page.getByText('sessions and SSH consoles of the user end at once').waitFor()
  await page.getByLabel('New password', { exact: true }).fill(`${strong}2`)
  await page.getByLabel('New password, once more', { exact: true }).fill(`${strong}2`)
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click()
  await said(page, 'password of helper is reset')
  await row(page, 'helper').getByText('Must change password').waitFor()

  await choose(page, 'helper', 'Deactivate')
  await person.isAccessible()
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await said(page, 'helper is deactivated')
  await row(page, 'helper').getByText('Not activated').waitFor()

  await choose(page, 'helper', 'Delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await said(page, 'helper is deleted')
  await row(page, 'helper').waitFor({ state: 'detached' })
})

test('root and admin are offered neither to be deleted nor to be deactivated', options, async () => {
  await using person = await opened()
  const { page } = person
  await page.getByText('they can be neither deleted nor deactivated').waitFor()
  for (const who of ['root', 'admin']) {
    await page.getByRole('button', { name: `Actions for ${who}` }).click()
    await page.getByRole('button', { name: 'SSH keys', exact: true }).waitFor()
    for (const action of ['Delete', 'Deactivate', 'Reset password']) {
      assert.equal(await page.getByRole('button', { name: action, exact: true }).count(), 0, `${action} ${who}`)
    }
    await page.keyboard.press('Escape')
  }
})

test('the password of admin is changed with the old one, and one`s own session goes on', options, async () => {
  await using person = await opened()
  const { page } = person
  const change = async (old: string, next: string) => {
    await choose(page, 'admin', 'Change password')
    await page.getByLabel('Old password').fill(old)
    await page.getByLabel('New password', { exact: true }).fill(next)
    await page.getByLabel('New password, once more', { exact: true }).fill(next)
    await page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click()
  }
  await change('wrong', strong)
  await page.getByText('The old password is incorrect').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await change(labPassword, strong)
  await said(page, 'password of admin is changed')
  const policy = await lab.a.as('admin', strong).put('/api/v1/node/aaa/auth-policy', { password_remembrance: 0 })
  assert.ok(policy.status < 300)
  await change(strong, labPassword)
  await said(page, 'password of admin is changed')
})

test('an edge has users of its own, who are activated there without a call of that name', options, async () => {
  await using person = await opened()
  const { page } = person
  await page.getByLabel('Users of').selectOption('edge-a')
  await page.waitForURL('**/node-users?of=*')
  await row(page, 'audit').getByText('Not activated').waitFor()
  assert.equal(await page.getByRole('button', { name: 'New user' }).count(), 0)
  await choose(page, 'audit', 'Activate')
  await page.getByLabel('New password', { exact: true }).fill(strong)
  await page.getByLabel('New password, once more', { exact: true }).fill(strong)
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click()
  await said(page, 'audit is activated')
  await row(page, 'audit').getByText('Active').waitFor()
})

test('an SSH key is checked before it is sent, added to one manager, and removed', options, async () => {
  await using person = await opened()
  const { page } = person
  await choose(page, 'admin', 'SSH keys')
  await page.getByText('No SSH key opens the console of nsxmgr-a').waitFor()
  await person.isAccessible()
  await page.getByRole('button', { name: 'Add a key' }).click()
  const key = publicKey('me@<img')
  const field = page.getByLabel('Public key')
  const send = page.getByRole('button', { name: 'Add key' })
  for (const [wrong, why] of [
    [key.replace('ssh-ed25519', 'ssh-rsa'), 'The line says ssh-rsa, the key in it says ssh-ed25519.'],
    ['ssh-ed25519 !!!', 'Behind the type there must be the key in Base64.'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', /^This is a private key/],
    ['hello', /^The line must begin with its type/],
  ] as const) {
    await field.fill(wrong)
    await send.click()
    await page.getByText(why).waitFor()
  }
  await field.fill(key)
  assert.equal(await page.getByLabel('Label').inputValue(), 'me@<img')
  await page.getByLabel('Password of admin').fill('wrong')
  await send.click()
  await page.getByText('The old password is incorrect').waitFor()
  await page.getByLabel('Password of admin').fill(labPassword)
  await send.click()
  await page.getByRole('cell', { name: 'me@<img', exact: true }).waitFor()
  await person.isAccessible()

  await page.getByLabel('On manager').selectOption('nsxmgr-b')
  await page.getByText('No SSH key opens the console of nsxmgr-b').waitFor()
  await page.getByLabel('On manager').selectOption('nsxmgr-a')
  await page.getByRole('button', { name: /^Remove/ }).click()
  await page.getByLabel('Password of admin').fill(labPassword)
  await page.getByRole('button', { name: 'Remove key' }).click()
  await said(page, 'The key me@<img is removed.')
  await page.getByText('No SSH key opens the console of nsxmgr-a').waitFor()
})

test('an auditor sees the users and their keys, is offered no change, and would be refused it', options, async () => {
  await using person = await opened('audit')
  const { page } = person
  await person.isAccessible()
  assert.equal(await page.getByRole('button', { name: 'New user' }).count(), 0)
  await page.getByRole('button', { name: 'Actions for guestuser2' }).click()
  assert.deepEqual(await page.locator('button.action-item').allInnerTexts(), ['SSH keys'])
  await page.getByRole('button', { name: 'SSH keys' }).click()
  await page.getByText('No SSH key opens the console').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Add a key' }).count(), 0)

  const audit = lab.a.as('audit', labPassword)
  for (const [method, url] of [
    ['POST', '/api/v1/node/users?action=create_user'],
    ['POST', '/api/v1/node/users/10004?action=activate'],
    ['POST', '/api/v1/node/users/10004/ssh-keys?action=add_ssh_key'],
    ['DELETE', '/api/v1/node/users/10004'],
  ] as const) {
    const { status } = await audit.send(method, url, method === 'POST' ? '{}' : undefined, {
      'content-type': 'application/json',
    })
    assert.equal(status, 403, url)
  }
})

test('who may read no users is told so, and the navigation has no such page', options, async () => {
  const created = await lab.admin.post('/api/v1/node/users?action=create_user', {
    username: 'netop',
    password: strong,
  })
  assert.equal(created.status, 201)
  const { results } = (await lab.admin.get('/policy/api/v1/aaa/role-bindings?name=netop')).json
  const [binding] = results
  const paths = [{ path: '/', roles: [{ role: 'network_op' }] }]
  const put = await lab.admin.put(`/policy/api/v1/aaa/role-bindings/${binding.id}`, {
    ...binding,
    roles_for_paths: paths,
  })
  assert.equal(put.status, 200)

  await using person = await newPerson(lab.a.url)
  await person.signIn('netop', strong)
  await person.open('node-users', 'Not allowed')
  assert.equal(await person.page.getByRole('link', { name: 'Local users' }).count(), 0)
  await person.isAccessible()
})
