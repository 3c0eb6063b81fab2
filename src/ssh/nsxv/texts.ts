import type { ConsoleTexts } from '../console/kind.ts'

/** What the shell says, which is that of Quagga. @see nsxv-api.md 5.2 */
export const texts: ConsoleTexts = {
  unknown: () => '% Unknown command.',
  ambiguous: () => '% Ambiguous command.',
  incomplete: () => '% Command incomplete.',
  invalid: (_argument, value, why) => `% Unknown command.\n% ${value} is ${why}`,
  forbidden: '% Unknown command.',
  noHelp: '% There is no matched command.',
}

/** @see nsxv-api.md 5.4, config lock */
export const locked = 'VTY configuration is locked by other VTY'

/** Guesses that no source confirms: one edit corrects them. */
export const inferred = {
  badEnablePassword: '% Bad passwords',
  enableTries: 3,
  /** Seconds of silence after which a console closes. */
  idle: 3600,
  reboot: 'Are you sure you want to reboot? (y/n): ',
  mustChange: 'You must change your password now.',
  passwordsDiffer: '% Passwords do not match',
  noUser: (user: string) => `ERROR: could not delete user:${user}`,
  noPrivilegeRemoved: 'ERROR: could not remove privilege',
  /** Lines that `follow` begins with. */
  followBegins: 10,
  /** Lines that `last` may ask for. */
  mostLast: 1000,
  notBuilt: (command: string) => `ERROR: ${command} is not built here`,
}
