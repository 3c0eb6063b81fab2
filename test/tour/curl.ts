import { spawnSync } from 'node:child_process'
import { installPackage } from '../servers/programs.ts'

/** Makes sure of the program that the documents' lines call. @returns why it is missing, if it is. */
export function missingCurl(): string | undefined {
  return spawnSync('curl', ['--version']).status === 0 ? undefined : installPackage('curl')
}
