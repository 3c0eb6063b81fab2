import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { databases } from '../database.ts'
import { type Lab, labPassword, openLab } from '../lab.ts'
import { noChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson } from './browser.ts'

const options = { skip: noChromium }

/** Over the wire, compressed. */
const largestFirstLoad = 450_000

let lab: Lab
before(async () => {
  if (!noChromium) lab = await openLab(databases[0]!)
})
after(async () => {
  await closeBrowser()
  await lab?.[Symbol.asyncDispose]()
})

test('whoever is not signed in is asked to, and comes to the page that was wanted', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await page.goto('/console/home')
  await page.waitForURL('**/sign-in?next=%2Fhome')
  await person.isAccessible()
  await person.signIn('admin', labPassword)
  await page.waitForURL('**/console/home')
  await page.getByText('enterprise_admin').waitFor()
  await person.isAccessible()
})

test('a wrong password is refused in the words of the server, and the name stays', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await page.goto('/console/sign-in')
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  assert.equal(await page.getByLabel('User name').inputValue(), 'admin')
  assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '')
})

test('signing out leaves nothing to go back to', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  await person.signIn('admin', labPassword)
  await page.getByRole('button', { name: 'Who is signed in' }).click()
  await page.getByRole('menuitem', { name: 'Sign out of NSX' }).click()
  await page.waitForURL('**/sign-in')
  await page.goBack()
  await page.waitForURL('**/sign-in?**')
})

test('colours follow the system until somebody chooses', options, async () => {
  await using person = await newPerson(lab.a.url, { colorScheme: 'dark' })
  const { page } = person
  await person.signIn('admin', labPassword)
  const theme = () => page.locator('html').getAttribute('cds-theme')
  assert.equal(await theme(), 'dark')
  await page.getByRole('button', { name: 'Light colours' }).click()
  await page.reload()
  await page.getByRole('button', { name: 'Dark colours' }).waitFor()
  assert.equal(await theme(), 'light')
})

test('the first load is small, and nothing of it comes from elsewhere', options, async () => {
  await using person = await newPerson(lab.a.url)
  const { page } = person
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    assert.ok(response.url().startsWith(lab.a.url), response.url())
    sizes.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    )
  })
  await page.goto('/console/')
  await page.getByLabel('User name').waitFor()
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  assert.ok(bytes > 100_000 && bytes < largestFirstLoad, `${bytes} bytes`)
})

test('the document lets nothing run that was not built, and nobody frame it', options, async () => {
  const { headers, text } = await lab.a.get('/console/')
  const policy = String(headers['content-security-policy'])
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
  assert.ok(nonce.length > 20 && text.includes(`<sp-root ngcspnonce="${nonce}">`))
  for (const part of [
    "default-src 'none'",
    "script-src 'self';",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    assert.ok(policy.includes(part), part)
  }
  assert.doesNotMatch(policy, /'unsafe/)
  const again = await lab.a.get('/console/')
  assert.notEqual(again.headers['content-security-policy'], policy)
})

test('files are kept for good under their names, and names that are none are no documents', options, async () => {
  const { text } = await lab.a.get('/console/')
  const [, script] = /src="(main-[^"]+)"/.exec(text) ?? []
  const file = await lab.a.send('GET', `/console/${script}`, undefined, { 'accept-encoding': 'br' })
  assert.equal(file.status, 200)
  assert.equal(file.headers['content-encoding'], 'br')
  assert.match(String(file.headers['cache-control']), /immutable/)
  for (const name of ['main-OLD.js', 'index.html', '3rdpartylicenses.txt.br']) {
    assert.equal((await lab.a.get(`/console/${name}`)).status, 404, name)
  }
  assert.equal((await lab.a.get('/console/a/page/of/its/own')).status, 200)
})

test('nothing of ours makes script or markup of text', () => {
  const app = join(import.meta.dirname, '../../web/src')
  for (const name of globSync('**/*.{ts,html}', { cwd: app })) {
    const source = readFileSync(join(app, name), 'utf8')
    assert.doesNotMatch(
      source,
      /bypassSecurityTrust|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/,
      name,
    )
    assert.doesNotMatch(source, /\sstyle="|\[style\]=/, `${name} has an inline style`)
  }
})
