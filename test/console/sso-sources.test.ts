import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { vcenterSources } from '../directories.ts'
import { type Lab, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson } from './browser.ts'

const options = { skip: noChromium }
const administrator = 'administrator@vsphere.local'

let lab: Lab
before(async () => {
  if (!noChromium) lab = await openLab(databases[0]!)
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

const stored = async () => (await lab.a.as(administrator, labSsoPassword).get(`${vcenterSources}/corp`)).json

test('an identity source is made, tested, changed and deleted; its bind password is never shown', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('sso-sources', 'Identity sources of vCenter', administrator, labSsoPassword)
  await page.getByText('nobody but the users of vsphere.local signs in').waitFor()
  await person.isAccessible()
  const dialog = page.getByRole('dialog')
  const said = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
  const choose = async (action: string) => {
    await page.getByRole('button', { name: 'Actions for corp', exact: true }).click()
    await page.getByRole('button', { name: action, exact: true }).click()
  }

  await page.getByRole('button', { name: 'New identity source' }).click()
  await dialog.getByLabel('ID').fill('corp')
  await dialog.getByLabel('Domain', { exact: true }).fill('corp')
  await dialog.getByLabel('Base').fill('dc=corp,dc=example')
  await dialog.getByLabel('Address').fill('ldap://127.0.0.1:9')
  await dialog.getByLabel('Who asks').fill('cn=reader,dc=corp,dc=example')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('value corp of property domain_name is not a fully qualified domain name').waitFor()
  await dialog.getByLabel('Domain', { exact: true }).fill('corp.example')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('required property ldap_servers.0.password is missing').waitFor()
  await person.isAccessible()
  await dialog.getByLabel('Their password').fill('Reader-Secret-1')
  await dialog.getByRole('button', { name: 'Another server' }).click()
  await dialog.getByRole('group', { name: 'Server 2' }).getByLabel('Address').fill('ldap://127.0.0.1:7')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await said('The identity source corp is made.')
  await page.locator('clr-dg-row').filter({ hasText: 'corp.example' }).getByText('OpenLDAP').waitFor()
  assert.equal((await stored()).ldap_servers.length, 2)

  await choose('Test')
  await dialog.getByText('ldap://127.0.0.1:9: CONNECTION_REFUSED').waitFor()
  await dialog.getByText('ldap://127.0.0.1:7: CONNECTION_REFUSED').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await dialog.waitFor({ state: 'detached' })

  await choose('Change')
  assert.equal(await dialog.getByLabel('Their password').first().inputValue(), '')
  await dialog.getByLabel('Kind').selectOption('Active Directory')
  await dialog.getByLabel('Seconds until groups').fill('0')
  await dialog.getByText('Groups of groups count').click()
  await dialog.getByLabel('Further domains').fill('a.example, b.example')
  await dialog.getByRole('button', { name: 'Remove server 2' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await said('The identity source corp is changed.')
  const { resource_type, group_cache_ttl, resolve_nested_groups, alternative_domain_names, ldap_servers } =
    await stored()
  assert.deepEqual(
    [resource_type, group_cache_ttl, resolve_nested_groups, alternative_domain_names, ldap_servers.length],
    ['ActiveDirectoryIdentitySource', 0, true, ['a.example', 'b.example'], 1],
  )

  await choose('Delete')
  await dialog.getByText('sessions and tokens end at once').waitFor()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await said('The identity source corp is deleted.')
  assert.equal((await stored()).error.code, 'not_found')
})

test('somebody who is no administrator is not shown the identity sources, and is refused them', options, async () => {
  await using person = await newPerson(lab.a.url)
  await person.signIn('holodeck-vmadmin@vsphere.local', labSsoPassword)
  await person.open('sso-sources', 'Not allowed')
  assert.equal(await person.page.locator('a[href$="/sso-sources"]').count(), 0)
  assert.equal((await lab.a.as('holodeck-vmadmin@vsphere.local', labSsoPassword).get(vcenterSources)).status, 403)
})
