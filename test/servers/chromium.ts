import { existsSync } from 'node:fs'
import { installPackage } from './programs.ts'

/** The browser without its windows starts faster, and is the same where it shows pages. */
const programs = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

/** The program; undefined where there is none. */
export const findChromium = (): string | undefined => programs.find((program) => existsSync(program))

/** Sees to it that there is a Chromium. @returns why there is none, or undefined. */
export function installChromium(): string | undefined {
  if (findChromium()) return undefined
  const missing = installPackage('chromium-headless-shell')
  return findChromium() ? undefined : (missing ?? 'chromium-headless-shell has no program')
}

/** Why tests in a browser cannot run here. */
export const noChromium: string | false = process.env.SALLYPORT_TEST_CHROMIUM_MISSING ?? false
