import { readSystem } from '../../../http/nsx/permissions.ts'
import { inferred } from '../inferred.ts'
import type { NsxCommand } from '../session.ts'

const shown = (enabled: boolean) => (enabled ? 'enabled' : 'disabled')

export const getServiceHttp: NsxCommand = {
  syntax: 'get service http',
  summary: 'Show the HTTP service',
  requires: readSystem.requires,
  on: 'manager',
  example: 'get service http',
  run(session) {
    const { config } = session.services.apiService.read()
    const values = {
      'Service name': 'http',
      'Service state': 'running',
      'Logging level': config.loggingLevel.toLowerCase(),
      'Session timeout': config.sessionTimeout,
      'Connection timeout': config.connectionTimeout,
      'Client API rate limit': `${config.clientApiRateLimit} requests/sec`,
      'Client API concurrency limit': `${config.clientApiConcurrencyLimit} connections`,
      'Global API concurrency limit': `${config.globalApiConcurrencyLimit} connections`,
      'Redirect host': config.redirectHost || inferred.unset,
      'Basic authentication': shown(config.basicAuthenticationEnabled),
      'Cookie-based authentication': shown(config.cookieBasedAuthenticationEnabled),
    }
    session.answer(...Object.entries(values).map(([name, value]) => `${`${name}:`.padEnd(34)}${value}`))
  },
}
