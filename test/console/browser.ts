import assert from 'node:assert/strict'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from '../servers/chromium.ts'

export type { Page } from 'playwright-core'

/** How long something may take to appear, on a busy machine. */
const patience = 20_000

/** Somebody who looks at the console in Chromium. */
export class Person implements AsyncDisposable {
  readonly page: Page
  /** What the browser complained of: scripts that threw, and what the content policy kept from running. */
  readonly complaints: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('console', (message) => {
      // Refused calls are what many tests are about.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.complaints.push(message.text())
      }
    })
  }

  /** Signs in on the page that is open, or on the sign-in page. */
  async signIn(name: string, password: string): Promise<void> {
    if (!this.page.url().includes('/console/sign-in')) await this.page.goto('/console/sign-in')
    await this.page.getByLabel('User name').fill(name)
    await this.page.getByLabel('Password', { exact: true }).fill(password)
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await this.page.waitForURL((url) => !url.pathname.startsWith('/console/sign-in'))
  }

  /** Opens a page of the console and waits until its heading is there. */
  async open(path: string, heading: string | RegExp): Promise<void> {
    await this.page.goto(`/console/${path}`)
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor()
  }

  /** Wants a page of the console with nobody signed in, signs in as asked, and waits until the page's heading is there. */
  async enter(path: string, heading: string | RegExp, name: string, password: string): Promise<void> {
    await this.page.goto(`/console/${path}`)
    await this.page.waitForURL('**/console/sign-in**')
    await this.signIn(name, password)
    // Nothing is pointed at where the button was.
    await this.page.mouse.move(0, 0)
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor()
  }

  /** That the page is usable for everyone, as far as a program can tell, in both colours. */
  async isAccessible(): Promise<void> {
    const complained = this.complaints.length
    for (const theme of ['light', 'dark']) {
      await this.page.locator('html').evaluate((html, name) => html.setAttribute('cds-theme', name), theme)
      if (!(await this.page.evaluate('"axe" in window'))) await this.page.evaluate(axe.source)
      // What fades in has no contrast yet, and nobody looks at it meanwhile. Spinners have no end.
      await this.page.evaluate(`(async () => {
        for (;;) {
          const begun = document.getAnimations().filter(({ effect, playState }) =>
            playState !== 'finished' && effect.getComputedTiming().endTime < Infinity)
          if (begun.length === 0) return
          for (const animation of begun) animation.finish()
          await new Promise(requestAnimationFrame)
        }
      })()`)
      // Only of violations it tells more than one element each.
      const { violations } = (await this.page.evaluate('axe.run({ resultTypes: ["violations"] })')) as axe.AxeResults
      // The checker tries styles that the policy forbids.
      this.complaints.length = complained
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      const told = serious.map(
        ({ id, help, nodes }) => `${theme}: ${id}: ${help}: ${nodes.map((n) => n.html).join(' ')}`,
      )
      assert.deepEqual(told, [])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close()
    assert.deepEqual(this.complaints, [], 'the browser complained')
  }
}

let browser: Promise<Browser> | undefined

/** Opens a window of its own, with nobody signed in. */
export async function newPerson(url: string, options: BrowserContextOptions = {}): Promise<Person> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('no Chromium')
  // Root may have no sandbox, and test machines little shared memory.
  browser ??= chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  const context = await (await browser).newContext({ baseURL: url, ignoreHTTPSErrors: true, ...options })
  context.setDefaultTimeout(patience)
  return new Person(await context.newPage())
}

/** To be called behind a file's last test. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}
