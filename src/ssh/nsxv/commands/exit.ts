import { everywhere, type NsxvCommand, type NsxvSession } from '../session.ts'

/** Back by one mode; out of basic and privileged mode the console closes. @see nsxv-api.md 5.1 */
function leave(session: NsxvSession): void {
  if (session.mode === 'interface') session.mode = 'configuration'
  else if (session.mode === 'configuration') leaveConfiguration(session)
  else session.end()
}

/** Back to privileged mode; somebody else may change the configuration. */
export function leaveConfiguration(session: NsxvSession): void {
  session.nsxv.configuration.unlock(session)
  session.mode = 'privileged'
}

export const exit: NsxvCommand = {
  syntax: 'exit',
  modes: everywhere,
  summary: 'Leave this mode; the console closes in basic and in privileged mode',
  example: 'exit',
  run: leave,
}

export const quit: NsxvCommand = { ...exit, syntax: 'quit', example: 'quit' }

export const end: NsxvCommand = {
  syntax: 'end',
  modes: ['configuration', 'interface'],
  summary: 'Go back to privileged mode',
  example: 'end',
  run: leaveConfiguration,
}
