import { ConsoleError } from '../../console/command.ts'
import { inferred } from '../inferred.ts'
import type { NsxCommand } from '../session.ts'

/** What root gets instead of a console. @see nsx-api.md 2.4 */
export const refuseRoot: NsxCommand = {
  syntax: 'shell',
  summary: 'Say that there is none',
  requires: 'sign-in',
  hidden: true,
  example: 'shell',
  run() {
    throw new ConsoleError(inferred.rootHasNoConsole.join('\n'))
  },
}
