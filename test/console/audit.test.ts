import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { AuditRecord } from '../../src/audit/record.ts'
import { labSsoPassword } from '../../src/lab.ts'
import { databases } from '../database.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { madeRecord } from '../sallyport/audit-records.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson, type Page } from './browser.ts'

const options = { skip: noChromium }
const auditorPassword = 'Zk7!vbQp2$wLm'

const hostile = {
  user: '<script>document.title="owned"</script>',
  operation: '=cmd()|calc!A1',
  entity: `\u202egpj.exe${'long '.repeat(13 * 1024)}`,
  before: { name: '<img src=x onerror="document.title=1">', same: 'as ever' },
  after: { name: '{{ constructor.constructor("document.title=2")() }}', same: 'as ever' },
  write: true as const,
}

let lab: Lab
async function record(...records: Partial<AuditRecord>[]): Promise<void> {
  for (const some of records) {
    await new Promise<void>((resolve, reject) =>
      lab.server.services.journal.append({ ...madeRecord(1, lab.clock.now), ...some }, (error) =>
        error ? reject(error) : resolve(),
      ),
    )
  }
}

before(async () => {
  if (noChromium) return
  lab = await openLab(databases[0]!)
  const created = await lab.admin.post('/api/v1/node/users?action=create_user', {
    username: 'au-ditor',
    full_name: '',
    password: auditorPassword,
  })
  assert.equal(created.status, 201)
  await record(
    ...Array.from({ length: 120 }, (_, n) => ({ ...madeRecord(n, lab.clock.now), user: `page-${n}` })),
    hostile,
    { user: 'in-vcenter', surface: 'vcenter' },
  )
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

const rows = (page: Page) => page.locator('clr-dg-row')
const firstRow = (page: Page, text: string) => rows(page).first().getByText(text, { exact: true }).waitFor()

test('an auditor finds an entry by filters that the address holds, and sees all of it', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.signIn('au-ditor', auditorPassword)
  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor()
  await rows(page).nth(49).waitFor()
  await person.isAccessible()
  // What is vCenter's is not theirs.
  assert.equal(await page.getByLabel('Surface').count(), 0)

  await page.getByLabel('User', { exact: true }).fill('PAGE-1*')
  await page.getByLabel('Outcome').selectOption('Denied')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.waitForURL('**/audit?outcome=denied&user=PAGE-1*')
  await firstRow(page, 'page-100')
  assert.equal(await rows(page).count(), 1)
  await page.reload()
  await firstRow(page, 'page-100')
  assert.equal(await page.getByLabel('User', { exact: true }).inputValue(), 'PAGE-1*')

  await page.getByRole('button', { name: /^Details of entry/ }).click()
  await page.getByRole('heading', { name: 'Old and new value' }).waitFor()
  const changed = page.getByRole('row', { name: /display_name/ })
  assert.match((await changed.textContent()) ?? '', /changed\s*old 100\s*new 100/)
  await person.isAccessible()
  await page.getByRole('button', { name: 'Only this operation' }).click()
  await page.waitForURL('**/audit?operation=GetSegment&outcome=denied&user=PAGE-1*')

  await page.getByLabel('User', { exact: true }).fill('nobody-at-all')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByText('No entry is like that').waitFor()
  await person.isAccessible()
  await page.getByRole('button', { name: 'Take filters away' }).click()
  await rows(page).nth(49).waitFor()
})

test('one goes to older pages and back, and no entry is lost between', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('audit?user=page-*', 'Audit log', 'admin', labPassword)
  await page.getByText('50 of 120 entries').waitFor()
  await firstRow(page, 'page-119')
  await page.getByRole('button', { name: 'Older' }).click()
  await firstRow(page, 'page-69')
  await page.getByRole('button', { name: 'Older' }).click()
  await firstRow(page, 'page-19')
  await page.getByText('20 entries').waitFor()
  assert.ok(await page.getByRole('button', { name: 'Older' }).isDisabled())
  await page.getByRole('button', { name: 'Newer' }).click()
  await firstRow(page, 'page-69')
  await page.goBack()
  await firstRow(page, 'page-19')
  await page.getByRole('button', { name: 'Newest' }).click()
  await firstRow(page, 'page-119')
})

test('texts that others chose are text, and nothing else, on the page and in the file', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('audit?operation=%3Dcmd*', 'Audit log', 'admin', labPassword)
  await firstRow(page, hostile.user)
  await page.getByRole('button', { name: /^Details of entry/ }).click()
  await page.getByText(hostile.before.name, { exact: true }).waitFor()
  await page.getByRole('cell', { name: hostile.after.name, exact: true }).waitFor()
  const shown = await page.locator('dd', { hasText: 'gpj.exe' }).textContent()
  assert.equal(shown, hostile.entity)
  assert.equal(await page.title(), 'Audit log - Sallyport')
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
  await person.isAccessible()

  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'CSV' }).click()
  const file = await download
  assert.match(file.suggestedFilename(), /^sallyport-audit-.*\.csv$/)
  const [, row] = readFileSync(await file.path(), 'utf8').split('\r\n')
  assert.ok(row?.includes(",'=cmd()|calc!A1,"))
  assert.ok(row?.includes('"<script>document.title=""owned""</script>"'))
})

test('new entries appear while the log is followed, and none once it is paused', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('audit?user=live-*', 'Audit log', 'admin', labPassword)
  await page.getByText('No entry is like that').waitFor()
  await page.getByRole('button', { name: 'Follow live' }).click()
  await page.getByText('New entries appear at the top.').waitFor()
  await record({ user: 'live-1' })
  await firstRow(page, 'live-1')
  await page.getByRole('status').getByText('1 new entry.').waitFor()
  await record({ user: 'live-2' }, { user: 'somebody else' })
  await firstRow(page, 'live-2')
  assert.equal(await rows(page).count(), 2)
  await person.isAccessible()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Following is paused.').waitFor()
  await record({ user: 'live-3' })
  await page.getByRole('button', { name: 'Search' }).click()
  await firstRow(page, 'live-3')

  // Whoever reads further down does not have the list pulled away.
  await person.open('audit?user=page-*', 'Audit log')
  await rows(page).nth(49).waitFor()
  await page.getByRole('button', { name: 'Follow live' }).click()
  await page.getByText('New entries appear at the top.').waitFor()
  await rows(page).nth(40).scrollIntoViewIfNeeded()
  await page.getByText('Following is paused, for the list was scrolled.').waitFor()
})

test('who has both sign-ins sees both, and who may not read the log is told so', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('audit?user=in-*', 'Audit log', 'administrator@vsphere.local', labSsoPassword)
  await firstRow(page, 'in-vcenter')
  await page.getByLabel('Surface').selectOption('vCenter')
  await page.goto('/console/sign-in')
  await person.signIn('admin', labPassword)
  await person.open('audit?surface=nsx&user=page-7', 'Audit log')
  await firstRow(page, 'page-7')

  await using other = await newPerson(lab.a.url)
  await other.signIn('holouser@vsphere.local', labSsoPassword)
  await other.page.goto('/console/audit')
  await other.page.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(await other.page.getByRole('link', { name: 'Audit log' }).count(), 0)
  assert.equal(await rows(other.page).count(), 0)
  await other.isAccessible()
})

test('a filter that the server refuses is refused on its field', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.enter('audit?from=yesterday', 'Audit log', 'admin', labPassword)
  await page.getByText(/yesterday of property from is not a time/).waitFor()
  await person.open('audit?surface=vcenter', 'Audit log')
  await page.getByText(/not yours to read/).waitFor()
})
