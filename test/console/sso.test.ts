import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { type Lab, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson, type Page } from './browser.ts'

const options = { skip: noChromium }
const administrator = 'administrator@vsphere.local'
const strong = 'Correct!Horse-7'
const users = '/sallyport/v1/sso/users'
const groups = '/sallyport/v1/sso/groups'

let lab: Lab
before(async () => {
  if (!noChromium) lab = await openLab(databases[0]!)
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

async function opened(path: 'sso-users' | 'sso-groups') {
  const person = await newPerson(lab.a.url)
  await person.enter(path, /of vsphere.local$/, administrator, labSsoPassword)
  await person.page.getByRole('gridcell').first().waitFor()
  return person
}

async function choose(page: Page, who: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${who}`, exact: true }).click()
  await page.getByRole('button', { name: action, exact: true }).click()
}

const said = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor()
const row = (page: Page, who: string) => page.locator('clr-dg-row').filter({ hasText: who })

async function givePassword(page: Page, label: string, password: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(password)
  await page.getByLabel(`${label}, once more`, { exact: true }).fill(password)
}

test('an administrator makes a user; what is refused stands at its field, and the form stays', options, async () => {
  await using person = await opened('sso-users')
  const { page } = person
  await person.isAccessible()
  await page.getByRole('button', { name: 'New user' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('User name').fill('two words')
  await givePassword(page, 'Password', 'short')
  await dialog.getByLabel('First name').fill('<b>Ann</b>')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText(/"two words" is not/).waitFor()
  await dialog.getByLabel('User name').fill('ann')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.getByText('The password is shorter than 8 characters').waitFor()
  await person.isAccessible()
  assert.equal(await dialog.getByLabel('First name').inputValue(), '<b>Ann</b>')
  await givePassword(page, 'Password', strong)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await said(page, 'The user ann is made.')
  await row(page, 'ann').getByText('Must change password').waitFor()
  await row(page, 'ann').getByText('<b>Ann</b>').waitFor()
})

test('a user is changed, disabled, enabled, unlocked, reset and deleted', options, async () => {
  await using person = await opened('sso-users')
  const { page } = person
  const dialog = page.getByRole('dialog')
  await choose(page, 'holouser', 'Change')
  await dialog.getByLabel('E-mail').fill('holo@corp.test')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await said(page, 'The user holouser is changed.')
  await row(page, 'holouser').getByText('holo@corp.test').waitFor()

  await choose(page, 'holouser', 'Disable')
  await dialog.getByText('open sessions end at once').waitFor()
  await dialog.getByRole('button', { name: 'Disable' }).click()
  await said(page, 'holouser is disabled.')
  await row(page, 'holouser').getByText('Disabled').waitFor()
  await choose(page, 'holouser', 'Enable')
  await said(page, 'holouser is enabled.')

  for (let attempt = 0; attempt < 6; attempt++) {
    await lab.a.as('holouser@vsphere.local', 'wrong').post('/api/session')
  }
  await page.reload()
  await row(page, 'holouser').getByText('Locked').waitFor()
  await choose(page, 'holouser', 'Unlock')
  await said(page, 'holouser is unlocked.')
  await row(page, 'holouser').getByText('Active').waitFor()

  await choose(page, 'holouser', 'Reset password')
  await dialog.getByText('Open sessions of the user end at once').waitFor()
  await givePassword(page, 'New password', strong)
  await dialog.getByText('The user must change the password').click()
  await dialog.getByRole('button', { name: 'Reset password' }).click()
  await said(page, 'The password of holouser is reset.')
  assert.equal((await lab.a.as('holouser@vsphere.local', strong).post('/api/session')).status, 201)

  await choose(page, 'holouser', 'Delete')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await said(page, 'holouser is deleted.')
  await row(page, 'holouser').waitFor({ state: 'detached' })
})

test(
  'the administrator is offered neither to be disabled, nor deleted, nor a reset of the own password',
  options,
  async () => {
    await using person = await opened('sso-users')
    const { page } = person
    await page.getByText('can be neither disabled nor deleted').waitFor()
    await page.getByRole('button', { name: 'Actions for Administrator', exact: true }).click()
    assert.deepEqual(await page.locator('button.action-item').allInnerTexts(), ['Change'])
  },
)

test('a group is made, filled, nested, looked into, emptied and deleted', options, async () => {
  await using person = await opened('sso-groups')
  const { page } = person
  await person.isAccessible()
  const dialog = page.getByRole('dialog')
  for (const name of ['operators', 'inner']) {
    await page.getByRole('button', { name: 'New group' }).click()
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByLabel('Description').fill('<img src=x onerror=alert(1)>')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await said(page, `The group ${name} is made.`)
  }
  await row(page, 'operators').getByText('<img src=x onerror=alert(1)>').waitFor()

  const add = async (group: string, type: string, name: string, domain = 'vsphere.local') => {
    await choose(page, group, 'Add a member')
    await dialog.getByLabel('What').selectOption(type)
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByLabel('Domain').fill(domain)
    await dialog.getByRole('button', { name: 'Add' }).click()
  }
  await add('operators', 'user', 'nobody')
  await dialog.getByText('there is no user nobody in vsphere.local').waitFor()
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'nobody')
  await dialog.getByLabel('Name').fill('holodeck-vmadmin')
  await dialog.getByRole('button', { name: 'Add' }).click()
  await said(page, 'holodeck-vmadmin is in operators now.')
  await add('operators', 'group', 'inner')
  await said(page, 'inner is in operators now.')
  await add('inner', 'user', '<script>x</script>\u202Etxt', 'corp.test')
  await said(page, 'is in inner now.')
  await add('inner', 'group', 'operators')
  await dialog.getByText('would be in itself').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await row(page, 'operators').getByRole('button', { name: 'Open' }).click()
  await page.getByRole('cell', { name: 'holodeck-vmadmin@vsphere.local', exact: true }).waitFor()
  await page.getByRole('treeitem', { name: 'inner@vsphere.local' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('treeitem', { name: '<script>x</script>\u202Etxt@corp.test' }).waitFor()
  await person.isAccessible()
  await page.getByRole('button', { name: 'Remove inner@vsphere.local' }).click()
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await said(page, 'inner is no longer in operators.')

  await page.getByRole('cell', { name: 'inner@vsphere.local', exact: true }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Close' }).last().click()
  await choose(page, 'operators', 'Delete')
  await dialog.getByText('Its members stay').waitFor()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await said(page, 'The group operators is deleted.')
  await page.getByRole('button', { name: 'Actions for Administrators', exact: true }).click()
  assert.deepEqual(await page.locator('button.action-item').allInnerTexts(), ['Add a member', 'Change'])
})

test('somebody who is no administrator is shown neither users nor groups, and is refused them', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.signIn('holodeck-vmadmin@vsphere.local', labSsoPassword)
  for (const path of ['sso-users', 'sso-groups']) {
    await person.open(path, 'Not allowed')
    assert.equal(await page.locator(`a[href$="/${path}"]`).count(), 0)
  }
  const other = lab.a.as('holodeck-vmadmin@vsphere.local', labSsoPassword)
  for (const url of [users, groups]) assert.equal((await other.get(url)).status, 403)
  assert.equal((await other.post(`${users}/administrator/unlock`)).status, 403)
})
