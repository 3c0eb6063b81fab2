import { type NsxvCommand, privileged } from '../session.ts'

export const disable: NsxvCommand = {
  syntax: 'disable',
  modes: privileged,
  summary: 'Leave privileged mode',
  example: 'disable',
  run(session) {
    session.mode = 'basic'
  },
}
