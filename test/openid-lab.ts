import assert from 'node:assert/strict'
import { type Lab, openLab, type TestDatabase } from './lab.ts'
import {
  clientId,
  clientSecret,
  type ProviderOptions,
  startOpenIdProvider,
  type TestProvider,
} from './servers/openid-provider.ts'

export const vidm = '/api/v1/node/aaa/providers/vidm'
export const oidcCallback = '/api/session/oidc/callback'

/** A lab whose provider is a real one. */
export interface OpenIdLab extends AsyncDisposable {
  lab: Lab
  provider: TestProvider
  /** As `vidm` has them. */
  settings: Record<string, unknown>
  /** Gives a role to people of the provider. */
  bind(type: 'remote_user' | 'remote_group', name: string, role: string): Promise<void>
}

/** Provider and lab go by the same clock. */
export async function openOpenIdLab(
  database: TestDatabase,
  options: Pick<ProviderOptions, 'people'> & Partial<ProviderOptions>,
): Promise<OpenIdLab> {
  await using stack = new AsyncDisposableStack()
  const lab = stack.use(await openLab(database, {}, undefined, Date.now()))
  const node = new URL(lab.a.url).host
  const redirectUris = [`https://${node}${oidcCallback}`]
  const provider = stack.use(await startOpenIdProvider({ redirectUris, ...options }))
  const settings = settingsFor(lab, provider)
  const { status, text } = await lab.admin.put(vidm, settings)
  assert.equal(status, 202, text)
  const moved = stack.move()
  return {
    lab,
    provider,
    settings,
    async bind(type, name, role) {
      const binding = { type, name, identity_source_type: 'VIDM', roles_for_paths: [{ path: '/', roles: [{ role }] }] }
      const { status, text } = await lab.admin.post('/api/v1/aaa/role-bindings', binding)
      assert.equal(status, 200, text)
    },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

export function settingsFor(lab: Lab, { hostName, thumbprint }: Pick<TestProvider, 'hostName' | 'thumbprint'>) {
  return {
    vidm_enable: true,
    lb_enable: false,
    host_name: hostName,
    client_id: clientId,
    client_secret: clientSecret,
    thumbprint,
    node_host_name: new URL(lab.a.url).host,
  }
}
