import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { openOpenIdLab } from '../openid-lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson, type Person } from './browser.ts'

const options = { skip: noChromium }
const administrator = 'administrator@vsphere.local'
const sso = '/sallyport/v1/sso'

let lab: Lab
before(async () => {
  if (!noChromium) lab = await openLab(databases[0]!)
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

async function fill({ page }: Person, name: string, password: string): Promise<void> {
  await page.goto('/console/sign-in')
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('whoever is signed in to one appliance adds the other, and leaves them one by one', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.signIn('admin', labPassword)
  await page.getByRole('link', { name: 'Sign in to vCenter' }).click()
  await page.getByText('Also sign in to vCenter. Who you are now stays signed in.').waitFor()
  await person.isAccessible()
  await person.signIn(administrator, labSsoPassword)
  await page.getByRole('button', { name: 'Who is signed in' }).click()
  await page.getByText('admin (NSX)').waitFor()
  await page.getByText('Administrator@vsphere.local (vCenter)').waitFor()
  await page.getByRole('menuitem', { name: 'Sign out of vCenter' }).click()
  await page.getByRole('link', { name: 'Sign in to vCenter' }).waitFor()
  await page.getByRole('link', { name: 'Local users' }).waitFor()
})

test('no script of the page sees a session', options, async () => {
  await using person = await newPerson(lab.a.url)
  await person.signIn('admin', labPassword)
  await person.page.goto('/console/sign-in?to=vcenter')
  await person.signIn(administrator, labSsoPassword)
  assert.equal(await person.page.evaluate('document.cookie'), '')
  const kept = (await person.page.evaluate('JSON.stringify([localStorage, sessionStorage])')) as string
  const cookies = await person.page.context().cookies()
  assert.deepEqual(cookies.map(({ name }) => name).sort(), ['JSESSIONID', '__Host-vcenter-session'])
  for (const { value, httpOnly, secure } of cookies) {
    assert(httpOnly && secure)
    assert(!kept.includes(value))
  }
})

test('a password that must change is changed at the sign-in, for users of vCenter', options, async () => {
  const made = { name: 'robot', password: 'Robot-Pass-1', password_must_change: true }
  assert.equal((await lab.a.as(administrator, labSsoPassword).post(`${sso}/users`, made)).status, 201)
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await fill(person, 'robot@vsphere.local', made.password)
  await page.getByText('has expired or was set by somebody else').waitFor()
  await person.isAccessible()
  const change = page.getByRole('button', { name: 'Change password' })
  await page.getByLabel('New password', { exact: true }).fill('Robot-Pass-2')
  await page.getByLabel('New password, once more').fill('Robot-Pass-3')
  await change.click()
  await page.getByText('The two passwords differ.').waitFor()
  await page.getByLabel('New password', { exact: true }).fill('short')
  await page.getByLabel('New password, once more').fill('short')
  await change.click()
  // In the words of the server, on the field.
  await page.locator('clr-control-error', { hasText: /characters/ }).waitFor()
  await page.getByLabel('New password', { exact: true }).fill('Robot-Pass-2')
  await page.getByLabel('New password, once more').fill('Robot-Pass-2')
  await change.click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
})

test('a password that must change is changed at the sign-in, for local users of NSX Manager', options, async () => {
  const users = '/api/v1/node/users'
  const made = await lab.admin.post(`${users}?action=create_user`, { username: 'newcomer', password: 'Zk7!vbQp2$wLm' })
  const reset = { password: 'Qx9?wTzr4&Lpd' }
  await lab.admin.post(`${users}/${made.json.userid}?action=reset_password`, reset)
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await fill(person, 'newcomer', reset.password)
  await page.getByLabel('New password', { exact: true }).fill('Hj5#mnRt8*Kve')
  await page.getByLabel('New password, once more').fill('Hj5#mnRt8*Kve')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
})

test("one's own password is changed with the old one, and the session goes on", options, async () => {
  await lab.a.as(administrator, labSsoPassword).post(`${sso}/users`, { name: 'changer', password: 'Robot-Pass-1' })
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.signIn('changer@vsphere.local', 'Robot-Pass-1')
  await page.getByRole('button', { name: 'Who is signed in' }).click()
  await page.getByRole('menuitem', { name: 'Change password' }).click()
  await page.getByLabel('Old password').fill('wrong')
  await page.getByLabel('New password', { exact: true }).fill('Robot-Pass-2')
  await page.getByLabel('New password, once more').fill('Robot-Pass-2')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.locator('clr-control-error, [role=alert]', { hasText: 'old password is incorrect' }).waitFor()
  await person.isAccessible()
  await page.getByLabel('Old password').fill('Robot-Pass-1')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: 'Sessions', exact: true }).first().click()
  await page.getByText('this one').waitFor()
  assert.equal((await lab.a.as('changer@vsphere.local', 'Robot-Pass-2').post('/api/session')).status, 201)
})

test('people of an identity provider sign in there, and come back to the page', options, async () => {
  const jdoe = 'jdoe@corp.example'
  const people = { [jdoe]: { password: 'x', sub: '7f3a', preferred_username: jdoe, groups: [] } }
  await using world = await openOpenIdLab(databases[0]!, { people })
  await using person = await newPerson(world.lab.a.url)
  const { page } = person
  await page.goto('/console/sessions')
  await page.getByRole('link', { name: 'Sign in with the identity provider' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  await page.getByRole('gridcell', { name: `${jdoe} this one` }).waitFor()
  await page.getByText('identity provider').waitFor()
})

test('whoever does nothing is warned a minute before the end, and stays by saying so', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await page.clock.install()
  await person.signIn('admin', labPassword)
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const warning = page.getByRole('heading', { name: 'Are you still there?' })
  await page.clock.runFor('28:50')
  assert.equal(await warning.isVisible(), false)
  await page.clock.runFor('00:15')
  await warning.waitFor()
  await person.isAccessible()
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await page.clock.runFor('00:05')
  await warning.waitFor({ state: 'hidden' })
  // What the page reads by itself meanwhile is no reason to stay.
  await page.clock.runFor('28:50')
  await warning.waitFor()
  await page.clock.runFor('01:10')
  await page.waitForURL('**/sign-in?**why=idle**')
  await page.getByText('You were signed out because you did nothing for a while.').waitFor()
  await person.isAccessible()
  // The server ended it too.
  const cookies = await page.context().cookies()
  assert.deepEqual(cookies, [])
})

test('whoever does something now and then is asked nothing, and the server hears of it', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await page.clock.install()
  await person.signIn('admin', labPassword)
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const uses: string[] = []
  page.on('request', (request) => {
    if (request.headers()['x-sallyport-background'] === undefined) uses.push(request.url())
  })
  for (let n = 0; n < 3; n++) {
    await page.clock.runFor('20:00')
    await page.keyboard.press('Shift')
  }
  await page.clock.runFor('01:00')
  assert.equal(await page.getByRole('heading', { name: 'Are you still there?' }).isVisible(), false)
  assert(uses.length >= 3, uses.join())
  assert(
    uses.every((url) => url.endsWith('/sallyport/v1/connection')),
    uses.join(),
  )
})

test(
  'whose session was ended from elsewhere is asked to sign in again, and comes back to the page',
  options,
  async () => {
    await using person = await newPerson(lab.a.url)
    const { page } = person
    await person.signIn('admin', labPassword)
    await person.open('node-users', 'Local users')
    const { sessions } = (await lab.admin.get('/sallyport/v1/sessions?kind=nsx')).json
    for (const { id } of sessions) await lab.admin.delete(`/sallyport/v1/sessions/${id}`)
    await page.getByRole('link', { name: 'Sessions', exact: true }).click()
    await page.waitForURL('**/sign-in?**')
    await person.signIn('admin', labPassword)
    await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  },
)

test('a link of somebody else leads nowhere but into the console', options, async () => {
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example']) {
    await using person = await newPerson(lab.a.url)
    await person.page.goto(`/console/sign-in?next=${encodeURIComponent(next)}`)
    await person.signIn('admin', labPassword)
    await person.page.getByRole('heading', { level: 1 }).waitFor()
    assert(person.page.url().startsWith(`${lab.a.url}/console/`), person.page.url())
  }
})
