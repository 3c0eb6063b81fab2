import type { Values } from '../draft.ts'
import { counted, duration, type NumberRule } from '../number-rule.ts'
import type { Connection, Switch } from './tls-choice.ts'

const int32 = 2_147_483_647

/** @see nsx-api.md 7.2 */
export const timeRules: readonly NumberRule[] = [
  {
    name: 'session_timeout',
    label: 'Idle time of a session',
    unit: 'seconds',
    minimum: 0,
    maximum: int32,
    default: 1800,
    meaning: 'A session ends when its user has asked for nothing for so long. This console warns before.',
    zero: 'sessions never end by themselves',
  },
  {
    name: 'connection_timeout',
    label: 'Idle time of a connection',
    unit: 'seconds',
    minimum: 0,
    maximum: int32,
    default: 30,
    meaning:
      'A connection is closed that is silent, or takes no answer, for so long. Sessions outlive their connections.',
    zero: 'connections stay open',
  },
]

export const limitRules: readonly NumberRule[] = [
  {
    name: 'client_api_rate_limit',
    label: 'Requests of one client',
    unit: 'a second',
    minimum: 0,
    maximum: int32,
    default: 100,
    meaning: 'Of one user, from wherever. What is too much is answered with 429.',
    zero: 'no limit',
  },
  {
    name: 'client_api_concurrency_limit',
    label: 'Requests of one client',
    unit: 'at once',
    minimum: 0,
    maximum: int32,
    default: 40,
    meaning: 'What is too much is answered with 503.',
    zero: 'no limit',
  },
  {
    name: 'global_api_concurrency_limit',
    label: 'Requests of all clients',
    unit: 'at once',
    minimum: 0,
    maximum: int32,
    default: 199,
    meaning: 'On each manager. What is too much is answered with 503.',
    zero: 'no limit',
  },
]

export const allRules = [...timeRules, ...limitRules]

const labels: Record<string, string> = {
  ...Object.fromEntries(allRules.map(({ name, label, unit }) => [name, `${label} (${unit})`])),
  redirect_host: 'Host of redirects',
  basic_authentication_enabled: 'Basic authentication',
  cookie_based_authentication_enabled: 'Sign-in with sessions',
  lockout_immune_addresses: 'Addresses that are never locked',
  protocol_versions: 'TLS versions',
  cipher_suites: 'Cipher suites',
}
export const labelOf = (name: string): string => labels[name] ?? name

export function textOf(name: string, value: unknown): string {
  const rule = allRules.find((one) => one.name === name)
  if (rule) {
    if (value === 0 && rule.zero !== undefined) return `0 (${rule.zero})`
    return rule.unit === 'seconds' ? `${value} seconds (${duration(Number(value))})` : `${value} ${rule.unit}`
  }
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) {
    const names = value.map((one: string | Switch) => (typeof one === 'string' ? one : one.enabled ? one.name : ''))
    return names.filter(Boolean).join('\n') || 'none'
  }
  return value === '' ? 'as the request says' : String(value)
}

const number = (config: Values, name: string) => Number(config[name] ?? 0)
const tooFewForPages = 20

/** What a change does, as sentences. @param connection How this browser is connected. */
export function effectsOf(before: Values, after: Values, connection: Connection): string[] {
  const differs = (name: string) => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  const effects: string[] = []
  const timeout = number(after, 'session_timeout')
  if (differs('session_timeout')) {
    effects.push(
      timeout === 0
        ? 'Sessions end only when somebody ends them: one that is left open stays open, whoever comes to that machine.'
        : `Sessions, open ones too, end when they have been idle for ${duration(timeout)}. Yours goes on, for you are using it.`,
    )
  }
  if (differs('basic_authentication_enabled')) {
    effects.push(
      after.basic_authentication_enabled
        ? 'Clients may send a name and a password with every call.'
        : 'Clients that send a name and a password with every call are refused from now on: scripts that do must create sessions.',
    )
  }
  if (differs('cookie_based_authentication_enabled')) {
    effects.push(
      after.cookie_based_authentication_enabled
        ? 'Sessions can be created again, in this console too.'
        : 'Nobody can create a session of NSX Manager any more, and so nobody can sign in to these pages; yours stays open until it ends. Then only a client with Basic authentication can turn it on again.',
    )
  }
  if (differs('client_api_rate_limit')) {
    const limit = number(after, 'client_api_rate_limit')
    if (limit > 0 && limit < tooFewForPages) {
      effects.push(
        `Pages of this console make several calls at once: with ${counted(limit, 'request')} a second some are refused.`,
      )
    }
  }
  if (differs('lockout_immune_addresses')) {
    effects.push(
      (after.lockout_immune_addresses as string[]).length === 0
        ? 'Wrong passwords count from every address.'
        : 'Wrong passwords from these addresses are not counted: from there they can be guessed without end.',
    )
  }
  if (differs('protocol_versions') || differs('cipher_suites')) {
    const { protocol_version: version, cipher_suite: suite } = connection
    const stays = [
      ['protocol_versions', version],
      ['cipher_suites', suite],
    ].every(([name, used]) => (after[name as string] as Switch[]).some((one) => one.enabled && one.name === used))
    effects.push(
      stays
        ? `New connections agree on what is left. What your browser uses, ${version} with ${suite}, stays.`
        : `What your browser uses now, ${version} with ${suite}, goes: it will agree on something else with its next connection.`,
      'Connections that are open stay as they are until they end.',
    )
  }
  effects.push('It counts at once on every manager of the cluster.')
  return effects
}
