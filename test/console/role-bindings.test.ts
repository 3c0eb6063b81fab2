import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeCertificate } from '../certificates.ts'
import { databases } from '../database.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson, type Page } from './browser.ts'

const options = { skip: noChromium }
const bindings = '/policy/api/v1/aaa/role-bindings'

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

async function opened(path: string, heading: string, name = 'admin') {
  const person = await newPerson(lab.a.url)
  await person.enter(path, heading, name, labPassword)
  await person.page.getByRole('gridcell').first().waitFor()
  return person
}

async function choose(page: Page, who: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${who}`, exact: true }).click()
  await page.getByRole('button', { name: action, exact: true }).click()
}

const said = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor()
const row = (page: Page, who: string) => page.getByRole('row').filter({ hasText: who })

test('an administrator gives roles to a remote user at a path, changes and removes them', options, async () => {
  await using person = await opened('role-bindings', 'Role bindings')
  const { page } = person
  await person.isAccessible()
  await page.getByRole('button', { name: 'New role binding' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('jane@corp.test')
  await dialog.getByRole('button', { name: 'Add' }).click()
  await dialog.getByText('Fill this in.').waitFor()
  await dialog.getByLabel('Path').fill('nowhere')
  await dialog.getByLabel('Roles').selectOption([{ label: 'Network Operator' }, { label: 'Security Operator' }])
  await dialog.getByText("A path begins with '/'").waitFor()
  await person.isAccessible()
  await dialog.getByLabel('Path').fill('/orgs/default/projects/p1')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await said(page, 'jane@corp.test has roles now.')
  await row(page, 'jane@corp.test').getByText('Network Operator').waitFor()

  await choose(page, 'jane@corp.test', 'Change roles')
  await dialog.getByRole('button', { name: 'Another path' }).click()
  await dialog.getByLabel('Path').nth(1).fill('/')
  await dialog.getByLabel('Roles').nth(1).selectOption({ label: 'Auditor' })
  await dialog.getByRole('button', { name: 'Take away /orgs/default/projects/p1' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await said(page, 'The roles of jane@corp.test are changed.')
  const [binding] = (await lab.admin.get(`${bindings}?name=jane@corp.test`)).json.results
  assert.deepEqual(
    binding.roles_for_paths.map(({ path, roles }: { path: string; roles: { role: string }[] }) => [
      path,
      roles.map(({ role }) => role),
    ]),
    [['/', ['auditor']]],
  )

  await choose(page, 'jane@corp.test', 'Remove')
  await dialog.getByText('loses all these roles').waitFor()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await said(page, 'jane@corp.test has no roles any more.')
  await row(page, 'jane@corp.test').waitFor({ state: 'detached' })
})

test(
  'a change of a local user`s roles warns that sessions end, and a path shows who has roles there',
  options,
  async () => {
    await using person = await opened('role-bindings', 'Role bindings')
    const { page } = person
    const dialog = page.getByRole('dialog')
    await choose(page, 'guestuser1', 'Change roles')
    await dialog.getByText('Open sessions of guestuser1 end at once.').waitFor()
    await dialog.getByRole('button', { name: 'Another path' }).click()
    await dialog.getByLabel('Path').nth(1).fill('/orgs/default')
    await dialog.getByLabel('Roles').nth(1).selectOption({ label: 'Org Admin' })
    await dialog.getByRole('button', { name: 'Save' }).click()
    await said(page, 'The roles of guestuser1 are changed.')

    await page.getByLabel('Only at this path and below').fill('/orgs')
    await page.getByRole('button', { name: 'Show' }).click()
    await row(page, 'guestuser2').waitFor({ state: 'detached' })
    await row(page, 'guestuser1').getByText('Org Admin').waitFor()
  },
)

test('roles that are fixed are not offered to be changed, and it says why', options, async () => {
  await using person = await opened('role-bindings', 'Role bindings')
  const { page } = person
  for (const who of ['admin', 'audit']) {
    await row(page, who).getByText('Its roles cannot be changed.').first().waitFor()
    assert.equal(await page.getByRole('button', { name: `Actions for ${who}`, exact: true }).count(), 0)
  }
  await page.getByRole('button', { name: 'Actions for guestuser1' }).click()
  assert.deepEqual(await page.locator('button.action-item').allInnerTexts(), ['Change roles'])
})

test('names that others chose are text, whatever is in them', options, async () => {
  const names = ['<script>document.title="x"</script>', '\u202Egnp.exe\u2066', `${'W'.repeat(254)}y`, '=cmd()|x']
  for (const name of names) {
    const made = await lab.admin.post(bindings, {
      name,
      type: 'remote_group',
      identity_source_type: 'LDAP',
      roles_for_paths: [{ path: '/', roles: [{ role: 'auditor' }] }],
    })
    assert.ok(made.status < 300, made.text)
  }
  await using person = await opened('role-bindings', 'Role bindings')
  const { page } = person
  for (const name of names) {
    const cell = page.locator('clr-dg-cell .foreign').filter({ hasText: name })
    await cell.first().waitFor()
    assert.equal(await cell.first().textContent(), name)
  }
  assert.equal(await page.title(), 'Role bindings - Sallyport')
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, 'the page scrolls')
  await choose(page, names[1]!, 'Remove')
  // In a sentence, marks of direction could turn around what stands behind them.
  await page.getByRole('dialog').getByRole('heading', { name: 'Remove [U+202E]gnp.exe[U+2066]' }).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await choose(page, names[0]!, 'Remove')
  await page
    .getByRole('dialog')
    .getByRole('heading', { name: `Remove ${names[0]}` })
    .waitFor()
  await person.isAccessible()
})

test('a refusal keeps what was filled in', options, async () => {
  await using person = await opened('role-bindings', 'Role bindings')
  const { page } = person
  await page.getByRole('button', { name: 'New role binding' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('eve')
  await dialog.getByLabel('Id of the identity source').fill('no-such')
  await dialog.getByLabel('Roles').selectOption({ label: 'Auditor' })
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await dialog.getByText('value no-such of property identity_source_id does not exist').waitFor()
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'eve')
  await dialog.getByLabel('Who').selectOption({ label: 'Principal identity (a program with a certificate)' })
  await dialog.getByLabel('Node id').fill('node-1')
  await dialog.getByLabel('Certificate').fill('nonsense')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await dialog
    .getByText(/certificate/)
    .last()
    .waitFor()
  assert.equal(await dialog.getByLabel('Node id').inputValue(), 'node-1')
})

test('a program with a certificate is given roles once and for all, and is removed', options, async () => {
  const { cert } = await makeCertificate('robot')
  await using person = await opened('role-bindings', 'Role bindings')
  const { page } = person
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'New role binding' }).click()
  await dialog.getByLabel('Who').selectOption({ label: 'Principal identity (a program with a certificate)' })
  await dialog.getByText('Its roles are given now: they cannot be changed later.').waitFor()
  await dialog.getByLabel('Name').fill('robot')
  await dialog.getByLabel('Node id').fill('node-7')
  await dialog.getByLabel('Certificate').fill(cert)
  await dialog.getByLabel('Roles').selectOption({ label: 'Network Operator' })
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await said(page, 'robot has roles now.')
  await row(page, 'robot').getByText('given with its certificate').waitFor()

  await choose(page, 'robot', 'Remove')
  await dialog.getByText('The certificate itself stays.').waitFor()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await said(page, 'robot has no roles any more.')
  await row(page, 'robot').waitFor({ state: 'detached' })
})

test('an auditor sees bindings and roles without a button, and is refused changes', options, async () => {
  await using person = await opened('role-bindings', 'Role bindings', 'audit')
  const { page } = person
  await row(page, 'guestuser2').waitFor()
  assert.equal(await page.getByRole('button', { name: 'New role binding' }).count(), 0)
  assert.equal(await page.getByRole('button', { name: /^Actions for/ }).count(), 0)
  await person.isAccessible()
  await person.open('nsx-roles', 'Roles')
  await row(page, 'Network Operator').waitFor()
  assert.equal(await page.getByRole('button', { name: /^Actions for/ }).count(), 0)

  const audit = lab.a.as('audit', labPassword)
  const [binding] = (await audit.get(`${bindings}?name=guestuser2`)).json.results
  assert.equal((await audit.put(`${bindings}/${binding.id}`, binding)).status, 403)
  assert.equal((await audit.delete(`${bindings}/${binding.id}`)).status, 403)
  assert.equal((await audit.post('/policy/api/v1/aaa/roles/auditor?action=clone', {})).status, 403)
})

test('a role shows what it gives, is cloned, and the clone is deleted', options, async () => {
  await using person = await opened('nsx-roles', 'Roles')
  const { page } = person
  await person.isAccessible()
  await row(page, 'Network Operator').getByRole('button', { name: 'Open' }).click()
  const given = page.getByRole('row').filter({ hasText: 'Segments' })
  await given.getByRole('cell', { name: 'read', exact: true }).first().waitFor()
  await person.isAccessible()
  await page.getByRole('button', { name: 'Close' }).last().click()

  const dialog = page.getByRole('dialog')
  await choose(page, 'Network Operator', 'Clone')
  await dialog.getByLabel('Id').fill('My Role')
  await dialog.getByLabel('Name').fill('Mine <i>')
  await dialog.getByRole('button', { name: 'Clone' }).click()
  await dialog.getByText("Small letters, digits, '_' and '-'.").waitFor()
  await dialog.getByLabel('Id').fill('auditor')
  await dialog.getByRole('button', { name: 'Clone' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('Id').fill('mine')
  await dialog.getByRole('button', { name: 'Clone' }).click()
  await said(page, 'The role Mine <i> is made.')

  await choose(page, 'Mine <i>', 'Delete')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await said(page, 'The role Mine <i> is deleted.')
  await page.getByRole('button', { name: 'Actions for Auditor', exact: true }).click()
  assert.deepEqual(await page.locator('button.action-item').allInnerTexts(), ['Clone'])
})
