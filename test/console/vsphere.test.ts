import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { type Lab, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { administrator, signedIn } from '../vcenter/clients.ts'
import { closeBrowser, newPerson, type Page, type Person } from './browser.ts'

const options = { skip: noChromium }
const powerOn = 'VirtualMachine.Interact.PowerOn'
const hostile = '<img src=x onerror=alert(1)>\u202e=cmd()'
const authorization = '/api/vcenter/authorization'

let lab: Lab
/** Ids of the objects that the tests are about. */
let production: string
let hostileRole: string

before(async () => {
  if (noChromium) return
  lab = await openLab(databases[0]!, { vsphereDatacenters: '1', vsphereClusters: '1', vsphereVms: '600' })
  const admin = await signedIn(lab.a)
  const found = await admin.get('/sallyport/v1/vcenter/objects?name=Production')
  production = found.json.objects[0].id
  await admin.post('/api/vcenter/datacenter', { name: hostile, folder: 'group-d1' })
  await admin.post('/sallyport/v1/sso/groups', { name: 'Operators', description: hostile })
  await admin.post('/sallyport/v1/sso/groups', { name: 'Night-Shift' })
  await admin.post('/sallyport/v1/sso/groups/Operators/members', { type: 'group', name: 'Night-Shift' })
  await admin.post('/sallyport/v1/sso/groups/Night-Shift/members', { type: 'user', name: 'holodeck-vmadmin' })
  const role = { name: hostile, description: hostile, privileges: [powerOn] }
  hostileRole = (await admin.post(`${authorization}/roles`, role)).json
  for (const [type, name, role] of [
    ['USER', 'holouser', '-2'],
    ['GROUP', 'Operators', hostileRole],
  ]) {
    const object = { type: 'Folder', id: production }
    const principal = { type, name, domain: 'vsphere.local' }
    await admin.post(`${authorization}/permissions`, { object, principal, role, propagating: true })
  }
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

/** A window in which somebody has signed in to vCenter; a dialog of the browser's is a script that ran. */
async function personCalled(name: string): Promise<Person> {
  const person = await newPerson(lab.a.url, { viewport: { width: 1280, height: 900 } })
  person.page.on('dialog', (dialog) => person.complaints.push(`dialog: ${dialog.message()}`))
  await person.page.goto('/console/sign-in?to=vcenter')
  await person.signIn(name, labSsoPassword)
  return person
}

const node = (page: Page, name: string) => page.getByRole('treeitem', { name: new RegExp(`^\\s*${name} *,`) })
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })
const dialog = (page: Page) => page.getByRole('dialog')
const said = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()

async function choose(page: Page, of: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${of}` }).click()
  await page.getByRole('button', { name: action, exact: true }).click()
}

test('the inventory opens with the keyboard, and each object shows its permissions', options, async () => {
  await using person = await personCalled(administrator)
  const { page } = person
  await person.open('vsphere-permissions', 'Permissions')
  await page.getByRole('heading', { level: 2, name: 'Datacenters' }).waitFor()
  await node(page, 'DC0').waitFor()
  await person.isAccessible()
  await page.getByRole('tree').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await node(page, 'vm').waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 2, name: 'vm' }).waitFor()
  await page.getByText('has no permissions of its own: it has those of').waitFor()
  await page.getByRole('link', { name: 'DC0' }).click()
  await page.getByRole('heading', { level: 2, name: 'DC0' }).waitFor()
  await page.goto(`/console/vsphere-permissions?of=${production}`)
  await page.getByRole('heading', { level: 2, name: 'Production' }).waitFor()
  await row(page, 'Operators@vsphere.local').getByText('This and what is below').waitFor()
  await row(page, 'Administrators@vsphere.local').first().getByText('Inherited').waitFor()
  await row(page, 'Administrators@vsphere.local').nth(1).getByText('Overridden here').waitFor()
})

test('a folder shows a hundred objects, and more when asked; a search finds the rest', options, async () => {
  await using person = await personCalled(administrator)
  const { page } = person
  await page.goto(`/console/vsphere-permissions?of=${production}`)
  await node(page, 'Production').press('Enter')
  await node(page, 'DC0_C0_RP1_VM0').waitFor()
  const machines = page.getByRole('treeitem', { name: /^\s*DC0_C0_RP1_VM/ })
  assert.equal(await machines.count(), 100)
  await page.getByRole('button', { name: 'Show more' }).first().click()
  await machines.nth(149).waitFor()
  assert.equal(await machines.count(), 150)
  await page.getByRole('searchbox', { name: 'Find an object' }).fill('rp1_vm149')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'DC0_C0_RP1_VM149', exact: true }).click()
  await page.getByRole('heading', { level: 2, name: 'DC0_C0_RP1_VM149', exact: true }).waitFor()
})

test('a permission is added with a search for its user, changed and removed', options, async () => {
  await using person = await personCalled(administrator)
  const { page } = person
  await page.goto(`/console/vsphere-permissions?of=${production}`)
  await page.getByRole('button', { name: 'Add permission' }).click()
  await dialog(page).getByLabel('Name', { exact: true }).fill('holodeck')
  await page.locator('datalist option[value=holodeck-vmadmin]').waitFor({ state: 'attached' })
  await person.isAccessible()
  await dialog(page).getByRole('button', { name: 'Add' }).click()
  await dialog(page).getByText('Fill this in.').waitFor()
  await dialog(page).getByLabel('Name', { exact: true }).fill('holodeck-vmadmin')
  await dialog(page).getByLabel('Role').selectOption('-2')
  await dialog(page).getByLabel('Propagate').uncheck()
  await dialog(page).getByRole('button', { name: 'Add' }).click()
  await said(page, 'The permission for holodeck-vmadmin@vsphere.local is added.')
  const mine = row(page, 'holodeck-vmadmin@vsphere.local')
  await mine.getByText('This only').waitFor()

  await page.getByRole('button', { name: 'Add permission' }).click()
  await dialog(page).getByLabel('Name', { exact: true }).fill('holodeck-vmadmin')
  await dialog(page).getByLabel('Role').selectOption('-2')
  await dialog(page).getByRole('button', { name: 'Add' }).click()
  await dialog(page).getByRole('alert').waitFor()
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()

  await choose(page, 'holodeck-vmadmin@vsphere.local', 'Change role')
  await dialog(page).getByLabel('Role').selectOption('-5')
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await said(page, 'The role of holodeck-vmadmin@vsphere.local is changed.')
  await mine.getByText('NoAccess').waitFor()
  await choose(page, 'holodeck-vmadmin@vsphere.local', 'Remove')
  await dialog(page).getByRole('button', { name: 'Remove' }).click()
  await said(page, 'The permission of holodeck-vmadmin@vsphere.local is removed.')
  await mine.waitFor({ state: 'detached' })
})

test('a global permission is added and removed', options, async () => {
  await using person = await personCalled(administrator)
  const { page } = person
  await person.open('global-permissions', 'Global permissions')
  await person.isAccessible()
  await page.getByRole('button', { name: 'Add permission' }).click()
  await dialog(page).getByLabel('User or group').selectOption('Group')
  await dialog(page).getByLabel('Name', { exact: true }).fill('Night-Shift')
  await dialog(page).getByLabel('Role').selectOption('-2')
  await dialog(page).getByRole('button', { name: 'Add' }).click()
  await said(page, 'is added')
  await choose(page, 'Night-Shift@vsphere.local', 'Remove')
  await dialog(page).getByRole('button', { name: 'Remove' }).click()
  await said(page, 'is removed')
})

test(
  'a role is made of searched privileges, cloned, changed, looked up where it is given, and deleted',
  options,
  async () => {
    await using person = await personCalled(administrator)
    const { page } = person
    await person.open('vsphere-roles', 'Roles')
    await page.getByRole('button', { name: 'New role' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Operator')
    await dialog(page).getByLabel('Search privileges').fill('interact poweron')
    await person.isAccessible()
    await dialog(page).getByRole('treeitem', { name: powerOn }).press('Space')
    await dialog(page).getByText('4 chosen, 1 shown').waitFor()
    await dialog(page).getByRole('button', { name: 'Create' }).click()
    await said(page, 'The role Operator is saved.')

    await choose(page, 'Operator', 'Clone')
    assert.equal(await dialog(page).getByLabel('Name', { exact: true }).inputValue(), 'Clone of Operator')
    await dialog(page).getByLabel('Name', { exact: true }).fill('operator')
    await dialog(page).getByRole('button', { name: 'Create' }).click()
    await dialog(page).getByRole('alert').waitFor()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Second')
    await dialog(page).getByRole('button', { name: 'Create' }).click()
    await said(page, 'The role Second is saved.')

    await choose(page, 'Second', 'Edit')
    // What was chosen stays when other parts of the tree are shown.
    await dialog(page).getByLabel('Search privileges').fill('virtualmachine.interact')
    await dialog(page).getByText('4 chosen').waitFor()
    await dialog(page).getByLabel('Search privileges').fill('vm off')
    await dialog(page).getByRole('treeitem', { name: 'VirtualMachine.Interact.PowerOff' }).press('Space')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await said(page, 'The role Second is saved.')
    const admin = await signedIn(lab.a)
    const { roles } = (await admin.get('/sallyport/v1/vcenter/roles')).json
    const second = roles.find(({ name }: { name: string }) => name === 'Second')
    const { privileges } = (await admin.get(`${authorization}/roles/${second.id}`)).json
    assert.deepEqual(privileges.slice(3), ['VirtualMachine.Interact.PowerOff', powerOn])

    await choose(page, 'Second', 'Delete')
    await dialog(page).getByRole('button', { name: 'Delete' }).click()
    await said(page, 'The role Second is deleted.')
    await choose(page, 'Admin', 'Where it is given')
    await dialog(page).getByText('Administrators@vsphere.local').first().waitFor()
    await person.isAccessible()
    await dialog(page).getByRole('link', { name: 'Datacenters' }).first().click()
    await page.getByRole('heading', { level: 2, name: 'Datacenters' }).waitFor()
  },
)

test('a decision is told step by step, and each of the three can be the answer', options, async () => {
  await using person = await personCalled(administrator)
  const { page } = person
  await person.open('who-can', 'Who can do what here')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByText('Two of the three are needed').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('holodeck-vmadmin')
  await page.getByLabel('Privilege').fill(powerOn)
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await row(page, 'Production').getByRole('cell', { name: 'yes' }).first().waitFor()

  await page.getByRole('searchbox', { name: 'Find an object' }).fill('RP1_VM7')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'DC0_C0_RP1_VM7', exact: true }).click()
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByRole('status').filter({ hasText: 'Allowed: a role that decides has the privilege.' }).waitFor()
  const steps = page.getByRole('listitem')
  await steps.getByText('by the groups Night-Shift@vsphere.local in Operators@vsphere.local').first().waitFor()
  await page.getByText('So it is allowed').waitFor()
  await person.isAccessible()

  // What was asked stands in the address.
  await page.reload()
  await page.getByText('So it is allowed').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await row(page, 'Operators@vsphere.local (group)').waitFor()
  await row(page, 'Administrators@vsphere.local (group)').getByRole('link', { name: 'Explain' }).click()
  await page.getByText('is a group: the answer is that of somebody who is in it').waitFor()

  await page.goto(`/console/who-can?principal=holouser&object=${production}`)
  await row(page, 'System.Read').getByText('holouser@vsphere.local').waitFor()
  await page.goto(`/console/who-can?principal=nobody&privilege=${powerOn}&object=${production}`)
  await page.getByText('Not allowed:', { exact: true }).waitFor()
  await page.getByText('There is none of that name just now').waitFor()
})

test('whoever may only read one folder sees the way to it, and can change nothing', options, async () => {
  await using person = await personCalled('holouser@vsphere.local')
  const { page } = person
  await person.open('vsphere-permissions', 'Permissions')
  // The root folder is seen; its permissions are not for everybody to read.
  await page.getByRole('alert').filter({ hasText: 'System.Read' }).waitFor()
  await page.getByRole('link', { name: 'Roles' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Global permissions' }).count(), 0)
  assert.equal(await page.getByRole('treeitem').count(), 2)
  await page.goto(`/console/vsphere-permissions?of=${production}`)
  await row(page, 'Operators@vsphere.local').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Add permission' }).count(), 0)
  assert.equal(await page.getByRole('button', { name: /^Actions for/ }).count(), 0)
  assert.equal(await page.getByText('Global permissions').count(), 0)
  await person.isAccessible()

  await page.goto('/console/global-permissions')
  await page.getByRole('heading', { level: 1, name: 'Not allowed' }).waitFor()
  await person.open('vsphere-roles', 'Roles')
  await row(page, 'ReadOnly').waitFor()
  assert.equal(await page.getByRole('button', { name: 'New role' }).count(), 0)
  await page.getByRole('button', { name: 'Actions for ReadOnly' }).click()
  assert.equal(await page.getByRole('button', { name: 'Clone' }).count(), 0)
  await page.getByRole('button', { name: 'Show privileges' }).click()
  await dialog(page).getByText('3 chosen').waitFor()
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()

  await page.goto(`/console/who-can?principal=holodeck-vmadmin&privilege=${powerOn}&object=${production}`)
  await page.getByText('So it is allowed').waitFor()
  await page.goto(`/console/who-can?principal=administrator&privilege=${powerOn}&object=datacenter-3`)
  await page.getByText('that you may not read').first().waitFor()
  assert.equal(await page.getByText('Administrators@vsphere.local').count(), 0)
})

test('whoever has nothing in the inventory is told so', options, async () => {
  await using person = await personCalled('holodeck-vmadmin@vsphere.local')
  const admin = await signedIn(lab.a)
  const { permissions } = (await admin.get(`/sallyport/v1/vcenter/objects/${production}/permissions`)).json
  const theirs = permissions.find(({ principal }: { principal: { name: string } }) => principal.name === 'Operators')
  await admin.delete(`${authorization}/permissions/${theirs.permission}`)
  try {
    await person.page.goto('/console/vsphere-permissions')
    await person.page.getByRole('heading', { level: 1, name: 'Not allowed' }).waitFor()
    assert.equal(await person.page.getByRole('link', { name: 'Roles' }).count(), 0)
  } finally {
    const object = { type: 'Folder', id: production }
    const principal = { type: 'GROUP', name: 'Operators', domain: 'vsphere.local' }
    await admin.post(`${authorization}/permissions`, { object, principal, role: hostileRole, propagating: true })
  }
})

test('names that others chose are text', options, async () => {
  await using person = await personCalled(administrator)
  const { page } = person
  await person.open('vsphere-permissions', 'Permissions')
  await page.getByRole('button', { name: hostile }).click()
  await page.getByRole('heading', { level: 2, name: hostile }).waitFor()
  await page.goto(`/console/vsphere-permissions?of=${production}`)
  await row(page, hostile).waitFor()
  await person.open('vsphere-roles', 'Roles')
  await choose(page, hostile, 'Where it is given')
  // In the middle of a sentence a mark of direction is shown as what it is.
  await dialog(page)
    .getByRole('heading', { name: hostile.replace('\u202e', '[U+202E]') })
    .waitFor()
  await page.goto(`/console/who-can?principal=holodeck-vmadmin&privilege=${powerOn}&object=${production}`)
  await page.getByText(hostile).first().waitFor()
  await page.goto(`/console/who-can?principal=${encodeURIComponent(hostile)}&object=${production}`)
  await page.getByText('They have').waitFor()
  assert.equal(await page.locator('main img').count(), 0)
})
