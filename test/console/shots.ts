import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { databases } from '../database.ts'
import { labPassword, openLab } from '../lab.ts'
import { installChromium } from '../servers/chromium.ts'
import { closeBrowser, newPerson } from './browser.ts'

/** Pictures of every page, in both colours and on a narrow screen, for people to look at: `npm run shots`. */
// Not imported by its name: the console's types are a browser's, and are checked where it is built.
const address = '../../web/src/app/pages.ts'
const { pages }: { pages: readonly { path: string }[] } = await import(address)
const folder = join(import.meta.dirname, '../../web/shots')
const missing = installChromium()
if (missing) throw new Error(missing)
mkdirSync(folder, { recursive: true })

await using lab = await openLab(databases[0]!)
const sizes = {
  light: { width: 1280, height: 800 },
  dark: { width: 1280, height: 800 },
  narrow: { width: 420, height: 800 },
}
for (const [name, viewport] of Object.entries(sizes)) {
  await using person = await newPerson(lab.a.url, { viewport, colorScheme: name === 'dark' ? 'dark' : 'light' })
  const { page } = person
  const take = (what: string) => page.screenshot({ path: join(folder, `${what}-${name}.png`), fullPage: true })
  await page.goto('/console/sign-in')
  await page.getByLabel('User name').waitFor()
  await take('sign-in')
  await person.signIn('admin', labPassword)
  await page.goto('/console/sign-in?to=vcenter')
  await person.signIn('administrator@vsphere.local', 'VMware123!')
  for (const { path } of pages) {
    await page.goto(`/console/${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    await take(path.replaceAll('/', '-'))
  }
  process.stdout.write(`${name}: ${pages.length + 1} pictures in web/shots\n`)
}
await closeBrowser()
