import type { Story } from '../step.ts'

const url = '/api/v1/cluster/api-service'

export const apiService: Story = {
  title: '003, step 4: the session expiry setting',
  *steps() {
    const { json } = yield {
      says: 'Use GET https://<nsx-mgr>/api/v1/cluster/api-service to view a snapshot of the current configuration.',
      request: `GET ${url}`,
      expect: {
        has: {
          session_timeout: 1800,
          connection_timeout: 30,
          redirect_host: '',
          client_api_rate_limit: 100,
          global_api_concurrency_limit: 199,
          client_api_concurrency_limit: 40,
          basic_authentication_enabled: true,
          cookie_based_authentication_enabled: true,
          resource_type: 'ApiServiceConfig',
          id: 'reverse_proxy_config',
          display_name: 'reverse_proxy_config',
          _create_user: 'system',
          _last_modified_user: 'system',
          _system_owned: false,
          _protection: 'NOT_PROTECTED',
          _revision: 0,
        },
      },
    }
    const edited = Object.entries(json).filter(([name]) => !name.startsWith('_') || name === '_revision')
    yield {
      says: 'Use PUT https://<nsx-mgr>/api/v1/cluster/api-service to modify the current configuration.',
      request: `PUT ${url}`,
      body: { ...Object.fromEntries(edited), session_timeout: 3600 },
      expect: { has: { session_timeout: 3600, _last_modified_user: 'admin', _revision: 1 } },
    }
  },
}
