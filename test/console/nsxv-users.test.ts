import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { roleGives } from '../../src/access/nsxv/feature-matrix.ts'
import { nsxvRoleIds, nsxvRoles } from '../../src/access/nsxv/roles.ts'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { type Lab, openLab } from '../lab.ts'
import { assign, auditlog, entry, getJson, listed, makeCliUser, pageText, sendXml, usermgmt } from '../nsxv/nsxv.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson, type Page } from './browser.ts'

const options = { skip: noChromium }
const administrator = 'administrator@vsphere.local'
const title = 'Users of NSX for vSphere'

let lab: Lab
before(async () => {
  // The release of the time: CLI accounts may have any role.
  if (!noChromium) lab = await openLab(databases[0]!, { nsxvCliRoles: '6.2' })
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

const wizard = (page: Page) => page.getByRole('dialog', { name: /Assign role|Change role/ })
const dialog = (page: Page) => page.getByRole('dialog').last()
const button = (page: Page, name: string) => dialog(page).getByRole('button', { name, exact: true }).click()

/** The cells of everybody's row, by the name. */
async function rows(page: Page): Promise<Record<string, string[]>> {
  const cells = await page.locator('clr-datagrid').first().locator('clr-dg-row').all()
  const read = await Promise.all(
    cells.map(async (row) => (await row.locator('clr-dg-cell').allInnerTexts()).map((text) => text.trim())),
  )
  return Object.fromEntries(read.map(([name = '', ...others]) => [name, others]))
}

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

async function act(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click()
  await page.getByRole('button', { name: action, exact: true }).click()
}

/** The first step and the second one. */
async function specify(page: Page, name: string, role: RegExp, kind = 'a vCenter user'): Promise<void> {
  await page.getByRole('button', { name: 'Assign role', exact: true }).click()
  await wizard(page).getByRole('radio', { name: kind }).press('Space')
  await wizard(page).getByLabel('Name').fill(name)
  await button(page, 'Next')
  await wizard(page).getByRole('radio', { name: role }).press('Space')
}

test('the page knows the roles, which may be limited, and who may do what about users', async () => {
  // Not imported by its name: the console's types are a browser's, and are checked where it is built.
  const { roleOf, roles, mayRead, mayManage } = await import(`../../web/src/app/${'nsxv-users/nsxv-users.ts'}`)
  assert.equal(roles.length, nsxvRoleIds.length - 1)
  assert.ok(roles.every(({ id }: { id: string }) => id !== 'super_user'))
  for (const id of nsxvRoleIds) {
    const { displayName, scopable } = nsxvRoles[id]
    assert.deepEqual([roleOf(id).name, roleOf(id).scopable], [displayName, scopable])
    assert.equal(mayRead(id), roleGives(id, 'user_account_management', 'read'), id)
    assert.equal(mayManage(id), roleGives(id, 'user_account_management', 'write'), id)
  }
})

test('how an account that is for the API only gets its role, with the mistake that people make', options, async () => {
  const password = 'Password123'
  await makeCliUser(lab, 'api', password)
  const api = lab.a.as('api', password)
  await using person = await newPerson(lab.a.url)
  const { page } = person

  // It exists and has no role: it is not listed.
  assert.equal(pageText(await api.get(`${usermgmt}/user/api`)), 'VC user does not have any role on NSX Manager.')
  await person.enter('nsxv-users', title, administrator, labSsoPassword)
  await rowOf(page, 'NSX CLI User').waitFor()
  assert.deepEqual(Object.keys(await rows(page)), ['admin', 'VSPHERE.LOCAL\\Administrator'])
  assert.deepEqual((await rows(page)).admin, ['NSX CLI User', 'System Administrator', 'Global', 'Enabled'])
  // admin's row is inert.
  assert.equal(await page.getByRole('button', { name: 'Actions for admin', exact: true }).count(), 0)
  await person.isAccessible()

  // Who is added here becomes a user of vCenter's,
  await specify(page, 'api', /^Auditor/)
  assert.equal(
    await wizard(page)
      .getByRole('radio', { name: /System Administrator/ })
      .count(),
    0,
  )
  await person.isAccessible()
  await button(page, 'Next')
  await person.isAccessible()
  await button(page, 'Finish')
  await page.getByText('api has the role now.').waitFor()
  await rowOf(page, 'vCenter user').filter({ hasText: 'api' }).waitFor()
  assert.deepEqual((await rows(page)).api, ['vCenter user', 'Auditor', 'Global', 'Enabled'])
  assert.equal(pageText(await api.get(`${usermgmt}/user/api`)), 'VC user does not have any role on NSX Manager.')

  // so that the API refuses to give the account its role, until that user is deleted.
  const refused = await assign(lab, 'api', '?isCli=true', 'auditor', 'globalroot-0')
  assert.equal(refused.status, 400)
  assert.match(refused.text, /User already present/)
  await act(page, 'api', 'Delete')
  await dialog(page).getByText('The user in vCenter stays as it is.').waitFor()
  await person.isAccessible()
  await button(page, 'Delete')
  await page.getByText('api is deleted.').waitFor()
  assert.equal((await assign(lab, 'api', '?isCli=true', 'auditor', 'globalroot-0')).status, 204)
  assert.equal((await api.get(`${usermgmt}/user/api`)).status, 200)

  // It is listed as what it is now, and its role can be changed here.
  await page.reload()
  await rowOf(page, 'api').waitFor()
  assert.deepEqual((await rows(page)).api, ['NSX CLI User', 'Auditor', 'Global', 'Enabled'])
  await act(page, 'api', 'Change role')
  await wizard(page)
    .getByRole('radio', { name: /^NSX Administrator/ })
    .press('Space')
  await button(page, 'Finish')
  await dialog(page).getByText('All ongoing sessions of this user end if you proceed.').waitFor()
  await person.isAccessible()
  await button(page, 'No')
  assert.equal((await listed(lab, 'api')).accessControlEntry.role, 'auditor')
  await button(page, 'Finish')
  await button(page, 'Yes')
  await page.getByText('api has the role now.').waitFor()
  await rowOf(page, 'api').filter({ hasText: 'NSX Administrator' }).waitFor()
  assert.equal((await listed(lab, 'api')).accessControlEntry.role, 'vshield_admin')

  // The account goes with its own name through the audit log.
  const { json } = await getJson(lab.admin, `${auditlog}?sortBy=id&sortOrderAscending=false`)
  assert.ok(json.dataPage.data.some(({ resource }: { resource: string }) => resource === 'api'))
})

test('a role can be limited to objects, by those that it can be limited by', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('nsxv-users', title, administrator, labSsoPassword)
  await specify(page, 'VSPHERE.LOCAL\\holouser', /^Security Administrator/)
  await button(page, 'Next')
  await wizard(page)
    .getByRole('radio', { name: /^Limit access scope/ })
    .press('Space')
  await button(page, 'Finish')
  await wizard(page).getByText('Choose at least one object').waitFor()
  await wizard(page).getByRole('checkbox', { name: 'Limit to edge-web' }).press('Space')
  await wizard(page).getByRole('checkbox', { name: 'Limit to web-tier' }).press('Space')
  await person.isAccessible()
  await button(page, 'Finish')
  await rowOf(page, 'holouser').waitFor()
  assert.deepEqual((await rows(page))['VSPHERE.LOCAL\\holouser'], [
    'vCenter user',
    'Security Administrator',
    'edge-web, web-tier',
    'Enabled',
  ])

  // What cannot be limited has no third step.
  await act(page, 'VSPHERE.LOCAL\\holouser', 'Change role')
  await wizard(page).getByRole('button', { name: 'Limit scope' }).waitFor()
  for (const role of [/^Enterprise Administrator/, /^NSX Administrator/]) {
    await wizard(page).getByRole('radio', { name: role }).press('Space')
    await wizard(page).getByRole('button', { name: 'Limit scope' }).waitFor({ state: 'detached' })
    assert.equal(await wizard(page).getByRole('button', { name: 'Next', exact: true }).count(), 0)
  }
  await button(page, 'Cancel')

  await act(page, 'VSPHERE.LOCAL\\holouser', 'Disable')
  await button(page, 'Disable')
  await rowOf(page, 'holouser').filter({ hasText: 'Disabled' }).waitFor()
  assert.equal((await listed(lab, 'VSPHERE.LOCAL\\holouser')).isEnabled, false)
  await act(page, 'VSPHERE.LOCAL\\holouser', 'Enable')
  await button(page, 'Enable')
  await rowOf(page, 'holouser').filter({ hasText: 'Enabled' }).waitFor()
  await lab.admin.delete(`${usermgmt}/user/holouser@vsphere.local`)
})

test(
  'names are checked before they are sent, and what the server refuses is shown in the wizard',
  options,
  async () => {
    await using person = await newPerson(lab.a.url)
    const { page } = person
    await person.enter('nsxv-users', title, administrator, labSsoPassword)
    await page.getByRole('button', { name: 'Assign role', exact: true }).click()
    const name = wizard(page).getByLabel('Name')
    for (const wrong of ['', 'a@b@c', 'a\\b\\c', 'a/b', '@vsphere.local']) {
      await name.fill(wrong)
      await button(page, 'Next')
      await wizard(page)
        .getByText(/Fill this in|A name, with its domain/)
        .waitFor()
    }
    await name.fill(administrator)
    await button(page, 'Next')
    await wizard(page)
      .getByRole('radio', { name: /^Enterprise/ })
      .press('Space')
    await button(page, 'Finish')
    await wizard(page).getByRole('alert').filter({ hasText: 'User already present' }).waitFor()
    await button(page, 'Cancel')
    await wizard(page).waitFor({ state: 'detached' })
  },
)

test('the wizard needs no mouse, and a group is one of vCenter', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('nsxv-users', title, administrator, labSsoPassword)
  const press = (name: string) => dialog(page).getByRole('button', { name, exact: true }).press('Enter')
  await page.getByRole('button', { name: 'Assign role', exact: true }).press('Enter')
  await wizard(page).getByRole('radio', { name: 'a vCenter user' }).press('ArrowDown')
  await wizard(page).getByLabel('Name').fill('Administrators@vsphere.local')
  await wizard(page).getByLabel('Name').press('Enter')
  await wizard(page)
    .getByRole('radio', { name: /^Auditor/ })
    .press('ArrowUp')
  await press('Next')
  await press('Back')
  await wizard(page)
    .getByRole('radio', { name: /^Security Administrator/, checked: true })
    .waitFor()
  await press('Next')
  await press('Finish')
  await page.getByText('Administrators@vsphere.local has the role now.').waitFor()
  await rowOf(page, 'vCenter group').waitFor()
  assert.equal((await rows(page))['VSPHERE.LOCAL\\Administrators']?.[1], 'Security Administrator')

  await act(page, 'VSPHERE.LOCAL\\Administrators', 'Change role')
  await press('Next')
  await press('Finish')
  await dialog(page).getByText('All ongoing sessions').waitFor()
  await page.keyboard.press('Escape')
  await dialog(page).getByText('All ongoing sessions').waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await wizard(page).waitFor({ state: 'detached' })
  await lab.admin.delete(`${usermgmt}/user/administrators@vsphere.local`)
})

test('where there is no NSX Manager for vSphere, the page says how there would be one', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.signIn(administrator, labSsoPassword)
  await page.route('**/users/vsm', (route) =>
    route.fulfill({ status: 404, contentType: 'text/html', body: '<h1></h1>' }),
  )
  await person.open('nsxv-users', title)
  await page.getByRole('heading', { name: '0 NSX Managers' }).waitFor()
  await page.getByText('nsxvName').waitFor()
})

test('hostile names are text', options, async () => {
  const names = ['<img src=x onerror=alert(1)>', "=cmd()|' C'!A0", '\u202egnp.exe', 'x'.repeat(200)]
  for (const name of names) {
    const { status } = await sendXml(
      lab.admin,
      'POST',
      `${usermgmt}/role/${encodeURIComponent(name)}`,
      entry('auditor'),
    )
    assert.equal(status, name.includes('/') ? 400 : 204, name)
  }
  await using person = await newPerson(lab.a.url)
  const { page } = person
  page.on('dialog', () => assert.fail('a name ran'))
  await person.enter('nsxv-users', title, administrator, labSsoPassword)
  await rowOf(page, 'onerror').waitFor()
  const shown = Object.keys(await rows(page))
  for (const name of names) assert.ok(shown.includes(name), name)
  assert.equal(await page.locator('img').count(), 0)
  await act(page, names[0]!, 'Delete')
  await dialog(page).getByText(names[0]!).first().waitFor()
  await button(page, 'Delete')
  await rowOf(page, 'onerror').waitFor({ state: 'detached' })
  for (const name of names.slice(1)) await lab.admin.delete(`${usermgmt}/user/${encodeURIComponent(name)}`)
})

test('an auditor reads the list and is offered nothing that changes it', options, async () => {
  const name = 'holodeck-vmadmin@vsphere.local'
  assert.equal((await assign(lab, name, '', 'auditor')).status, 204)
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('nsxv-users', title, name, labSsoPassword)
  await page.getByText('Your role lets you read this list').waitFor()
  await rowOf(page, 'holodeck-vmadmin').waitFor()
  assert.equal(await page.getByRole('button', { name: /Assign role|Actions for/ }).count(), 0)
  await person.isAccessible()
})

test(
  'without a role one is told what to do, and with one that may not read users, that it may not',
  options,
  async () => {
    const name = 'holouser@vsphere.local'
    await using person = await newPerson(lab.a.url)
    const { page } = person
    await person.enter('nsxv-users', title, name, labSsoPassword)
    await page.getByRole('heading', { name: '0 NSX Managers' }).waitFor()
    await page.getByText('Ask an Enterprise Administrator to assign one to you').waitFor()
    await person.isAccessible()
    assert.equal((await assign(lab, name, '', 'security_admin')).status, 204)
    await page.goto('/console/nsxv-users')
    await page.getByRole('heading', { level: 1, name: 'Not allowed' }).waitFor()
    await lab.admin.delete(`${usermgmt}/user/${name}`)
  },
)
