import { wholeNumber } from '../../console/command.ts'
import { type NsxvCommand, privileged } from '../session.ts'

/** Scripts begin with it. */
export const terminalLength: NsxvCommand = {
  syntax: 'terminal (length <lines> | no length)',
  modes: privileged,
  summary: 'Set how many lines a page has. Nothing is paged here, so it changes nothing',
  arguments: { lines: wholeNumber('Lines of a page; 0: all', 0, 512) },
  example: 'terminal length 0',
  run: () => {},
}
