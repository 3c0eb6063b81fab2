import { configuring, type NsxvCommand, type NsxvSession, privileged } from '../session.ts'

/** Whether clients can connect; consoles that are open stay so. */
function setSsh(session: NsxvSession, ssh: boolean): Promise<void> {
  return session.nsxv.configuration.change(session.change, (now) => ({ ...now, ssh }))
}

export const ssh: NsxvCommand = {
  syntax: 'ssh (start | stop)',
  modes: privileged,
  summary: 'Let SSH clients connect, or not; consoles that are open stay open',
  example: 'ssh start',
  run: (session, _values, words) => setSsh(session, words.has('start')),
}

export const cliSshAllow: NsxvCommand = {
  syntax: 'cli ssh allow',
  modes: configuring,
  summary: 'Let SSH clients connect',
  example: 'cli ssh allow',
  run: (session) => setSsh(session, true),
}

export const noCliSshAllow: NsxvCommand = {
  syntax: 'no cli ssh allow',
  modes: configuring,
  summary: 'Let no SSH clients connect',
  example: 'no cli ssh allow',
  run: (session) => setSsh(session, false),
}
