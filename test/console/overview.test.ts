import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson } from './browser.ts'

const options = { skip: noChromium }
const administrator = 'administrator@vsphere.local'
const password = 'Zk7!vbQp2$wLm'
const hostile = '<img src=x onerror=alert(1)>\u202e=cmd()'

let lab: Lab
before(async () => {
  if (noChromium) return
  lab = await openLab(databases[0]!)
  await lab.admin.post('/api/v1/node/users?action=create_user', { username: 'looker', password })
  const { results } = (await lab.admin.get('/api/v1/aaa/role-bindings')).json
  const binding = results.find(({ name }: { name: string }) => name === 'looker')
  binding.roles_for_paths = [{ path: '/', roles: [{ role: 'auditor' }] }]
  assert.equal((await lab.admin.put(`/api/v1/aaa/role-bindings/${binding.id}`, binding)).status, 200)
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

test('an administrator of both sees how everything stands', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.signIn('admin', labPassword)
  await page.goto('/console/sign-in?to=vcenter')
  await person.signIn(administrator, labSsoPassword)
  await person.open('overview', 'Overview')
  for (const name of ['Open sessions', 'Locked accounts', 'Audit chain', 'Appliances']) {
    await page.getByRole('heading', { level: 2, name }).waitFor()
  }
  await page.getByText('NSX Manager for vSphere').waitFor()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByText('intact', { exact: true }).waitFor()
  await person.isAccessible()
})

test('an auditor sees what the role may read, and may end nothing', options, async () => {
  await using admin = await newPerson(lab.a.url)
  await admin.signIn('admin', labPassword)
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('overview', 'Overview', 'looker', password)
  await page.getByRole('heading', { name: 'Audit chain' }).waitFor()
  await person.isAccessible()
  await page.getByRole('link', { name: 'Sessions', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  await page.getByRole('gridcell', { name: 'looker this one' }).waitFor()
  assert.equal(await page.getByRole('button', { name: /^End the session of admin/ }).count(), 0)
  await person.isAccessible()
})

test('whoever has no role sees their own session and nothing else', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('overview', 'Overview', 'holouser@vsphere.local', labSsoPassword)
  await page.getByText('Your roles show you no sessions but your own.').waitFor()
  assert.equal(await page.getByRole('heading', { name: 'Audit chain' }).count(), 0)
  await person.open('sessions', 'Sessions')
  await page.getByText('1 session', { exact: true }).waitFor()
})

test('an administrator ends a session, whatever its client calls itself', options, async () => {
  await using victim = await newPerson(lab.a.url, { userAgent: 'an old browser' })
  await victim.signIn('holodeck-vmadmin@vsphere.local', labSsoPassword)
  const made = await lab.a
    .as('holouser@vsphere.local', labSsoPassword)
    .with({ headers: { 'user-agent': '<img src=x onerror=alert(1)> =cmd()' } })
    .post('/api/session')
  assert.equal(made.status, 201)

  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('sessions', 'Sessions', administrator, labSsoPassword)
  await page.getByText('<img src=x onerror=alert(1)> =cmd()').waitFor()
  await person.isAccessible()
  await page.getByRole('button', { name: /^End the session of VSPHERE.LOCAL\\holodeck-vmadmin/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('ends at once').waitFor()
  await person.isAccessible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: /^End the session of VSPHERE.LOCAL\\holodeck-vmadmin/ }).click()
  await page.getByRole('button', { name: 'End session' }).click()
  await page.getByText('is ended.').waitFor()
  await page.getByRole('button', { name: /holodeck-vmadmin/ }).waitFor({ state: 'hidden' })

  await victim.page.getByRole('link', { name: 'Sessions', exact: true }).first().click()
  await victim.page.waitForURL('**/sign-in?**')
})

test('names that others chose are text', options, async () => {
  const { services } = lab.server
  const name = `${hostile}@corp.example`
  const principal = services.remoteBindings.resolve({ sourceType: 'VIDM', sourceId: 'vidm', name, groups: [] })
  const { id, realmId } = services.appliances.managers[0]!
  await services.journal.change(
    (change) => services.sessions.create(change, id, realmId, principal),
    () => undefined,
  )
  await using person = await newPerson(lab.a.url)
  await person.enter('sessions', 'Sessions', 'admin', labPassword)
  await person.page.getByText(name, { exact: true }).waitFor()
  await person.isAccessible()
})

test('one who ends the session that they look with is signed out', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('sessions', 'Sessions', 'looker', password)
  const row = page.getByRole('row', { name: /this one/ })
  await row.getByRole('button', { name: /^End the session/ }).click()
  await page.getByText('You will be signed out.').waitFor()
  await page.getByRole('button', { name: 'End session' }).click()
  await page.waitForURL('**/sign-in**')
})
