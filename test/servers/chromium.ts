import { existsSync } from 'node:fs'
import { installPackage } from './programs.ts'

export const chromium = '/usr/bin/chromium'

/** Sees to it that there is a Chromium. @returns why there is none, or undefined. */
export function installChromium(): string | undefined {
  if (existsSync(chromium)) return undefined
  const missing = installPackage('chromium')
  return existsSync(chromium) ? undefined : (missing ?? 'chromium has no chromium')
}

/** Why tests in a browser cannot run here. */
export const noChromium: string | false = process.env.SALLYPORT_TEST_CHROMIUM_MISSING ?? false
