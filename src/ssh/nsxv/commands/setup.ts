import { isIPv4 } from 'node:net'
import { gatewayOf, isHostname, type NsxvConfiguration, withGateway } from '../../../access/nsxv/configuration.ts'
import { ConsoleError } from '../../console/command.ts'
import { isNetwork } from '../addresses.ts'
import { confirmed, type NsxvCommand, type NsxvSession, privileged } from '../session.ts'
import { inferred, locked } from '../texts.ts'

const { setup: says } = inferred

/** @param none Whether there may be none, which `-` says. */
async function asked(
  session: NsxvSession,
  what: string,
  now: string,
  is: (value: string) => boolean,
  none = true,
): Promise<string> {
  const answer = (await session.ask(says.question(what, now), 'shown')).trim() || now
  if (answer === '' || (none && answer === '-')) return ''
  if (is(answer)) return answer
  throw new ConsoleError(`ERROR: ${answer} is not what was asked for: ${what}`)
}

/** What is asked for one by one, each with what there is. */
async function wizard(session: NsxvSession, now: NsxvConfiguration): Promise<Partial<NsxvConfiguration>> {
  const hostname = await asked(session, 'Hostname', now.hostname, isHostname, false)
  const address = await asked(session, 'IP Address (A.B.C.D/M, - for none)', now.address ?? '', isNetwork)
  const next = await asked(session, 'Default gateway (A.B.C.D, - for none)', gatewayOf(now) ?? '', isIPv4)
  const [first = '', second = '', ...others] = now.nameServers
  const primary = await asked(session, 'Primary DNS (A.B.C.D, - for none)', first, isIPv4)
  const secondary = await asked(session, 'Secondary DNS (A.B.C.D, - for none)', second, isIPv4)
  return {
    hostname,
    address: address || null,
    ...withGateway(now, next || undefined),
    nameServers: [...new Set([primary, secondary, ...others])].filter((server) => server !== ''),
  }
}

/** The wizard of the first start; it changes the configuration, so no other session may be at it. */
export const setup: NsxvCommand = {
  syntax: 'setup',
  modes: privileged,
  summary: 'Ask for host name, address, gateway and name servers, and save them; the console closes',
  example: 'setup',
  async run(session) {
    const { configuration } = session.nsxv
    if (!configuration.lock(session)) throw new ConsoleError(locked)
    try {
      session.print(says.begins)
      const answers = await wizard(session, configuration.read())
      if (!(await confirmed(session, says.save))) return session.print(says.notSaved)
      await configuration.change(session.change, (now) => ({ ...now, ...answers }), 'saved')
      session.print(says.logsOut)
      session.end()
    } finally {
      configuration.unlock(session)
    }
  },
}
