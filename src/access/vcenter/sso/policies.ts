import type { Stores } from '../../../store/stores.ts'
import type { VcenterCall } from '../call.ts'
import { ssoDomain } from '../principal.ts'
import { defaultSsoPolicy, requireSatisfiable, type SsoPolicy } from './policy.ts'

export type SsoPolicies = Awaited<ReturnType<typeof loadSsoPolicies>>

/** The policy of vCenter's own domain. */
export async function loadSsoPolicies(stores: Stores) {
  let policy = await readPolicy(stores)

  return {
    read: (): SsoPolicy => policy,

    /** @throws {AccessError} `invalid_field` when no password could be chosen any more. */
    update(call: VcenterCall, fields: Partial<SsoPolicy>): Promise<SsoPolicy> {
      return call.change(async ({ stores, values, onCommit }) => {
        const before = await readPolicy(stores)
        const after = { ...before, ...fields }
        requireSatisfiable(after)
        await stores.ssoDomains.setPolicy(ssoDomain, JSON.stringify(after))
        values(ssoDomain, before, after)
        onCommit(() => {
          policy = after
        })
        return after
      })
    },
  }
}

/** A rule that is newer than what is stored begins at its default. */
async function readPolicy(stores: Stores): Promise<SsoPolicy> {
  return { ...defaultSsoPolicy, ...JSON.parse((await stores.ssoDomains.policy(ssoDomain)) ?? '{}') }
}
