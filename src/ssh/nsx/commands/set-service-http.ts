import { type ApiServiceConfig, type LoggingLevel, loggingLevels } from '../../../access/api-service.ts'
import { changeSystem } from '../../../http/nsx/permissions.ts'
import { type Argument, oneOf, wholeNumber } from '../../console/command.ts'
import { given, type NsxCommand, type NsxSession } from '../session.ts'

interface Setting {
  argument: Argument<NsxSession>
  example: string
  change(value: string): Partial<ApiServiceConfig>
}

const number = (help: string, example: number, change: (value: number) => Partial<ApiServiceConfig>): Setting => ({
  argument: wholeNumber(help, 0, 999_999_999),
  example: String(example),
  change: (value) => change(Number(value)),
})

const switched = (change: (enabled: boolean) => Partial<ApiServiceConfig>): Setting => ({
  argument: oneOf('Whether clients may', 'enabled', 'disabled'),
  example: 'enabled',
  change: (value) => change(value === 'enabled'),
})

/** @see nsx-api.md 10.3 */
const settings: Record<string, Setting> = {
  'client-api-rate-limit': number('Requests a second of one client; 0: no limit', 100, (clientApiRateLimit) => ({
    clientApiRateLimit,
  })),
  'client-api-concurrency-limit': number(
    'Requests at once of one client; 0: no limit',
    40,
    (clientApiConcurrencyLimit) => ({ clientApiConcurrencyLimit }),
  ),
  'global-api-concurrency-limit': number('Requests at once; 0: no limit', 199, (globalApiConcurrencyLimit) => ({
    globalApiConcurrencyLimit,
  })),
  'session-timeout': number('Seconds without a request; 0: for ever', 1800, (sessionTimeout) => ({ sessionTimeout })),
  'connection-timeout': number('Seconds of silence; 0: for ever', 30, (connectionTimeout) => ({ connectionTimeout })),
  'redirect-host': {
    argument: { help: 'Host of redirects, and port where one is given' },
    example: 'nsx.example',
    change: (redirectHost) => ({ redirectHost }),
  },
  'basic-authentication': switched((basicAuthenticationEnabled) => ({ basicAuthenticationEnabled })),
  'cookie-based-authentication': switched((cookieBasedAuthenticationEnabled) => ({
    cookieBasedAuthenticationEnabled,
  })),
  'logging-level': {
    argument: oneOf('Level', ...loggingLevels.map((level) => level.toLowerCase())),
    example: 'info',
    change: (value) => ({ loggingLevel: value.toUpperCase() as LoggingLevel }),
  },
}

export const setServiceHttp: NsxCommand[] = Object.entries(settings).map(([word, { argument, example, change }]) => ({
  syntax: `set service http ${word} <${word}>`,
  summary: `Set the ${word} of the HTTP service of all managers`,
  requires: changeSystem.requires,
  on: 'manager',
  arguments: { [word]: argument },
  example: `set service http ${word} ${example}`,
  async run(session, values) {
    await session.services.apiService.adjust(session.call, change(given(values[word])))
  },
}))
