import type { NsxvManagerRow } from '../../store/nsxv-manager.ts'
import type { NsxvCall } from './call.ts'

/** How clients may authenticate. @see nsxv-api.md 6, auth/basic and auth/tokenexpiration */
export interface NsxvAuthentication {
  basicDisabled: boolean
  /** Minutes that tokens are good for unless the caller says otherwise. */
  tokenExpiry: number
}

export type NsxvAuthenticationSettings = ReturnType<typeof createNsxvAuthenticationSettings>

export function createNsxvAuthenticationSettings(stored: Pick<NsxvManagerRow, 'basicDisabled' | 'tokenExpiry'>) {
  let current: NsxvAuthentication = settingsOf(stored)

  return {
    read: (): NsxvAuthentication => current,

    async change(call: NsxvCall, change: Partial<NsxvAuthentication>): Promise<void> {
      await call.change(async ({ stores, values, onCommit }) => {
        const before = settingsOf(await stores.nsxvManager.read())
        const after = { ...before, ...change }
        await stores.nsxvManager.update({
          basicDisabled: after.basicDisabled ? 1 : 0,
          tokenExpiry: after.tokenExpiry,
        })
        values('authentication', before, after)
        onCommit(() => {
          current = after
        })
      })
    },
  }
}

const settingsOf = ({ basicDisabled, tokenExpiry }: Pick<NsxvManagerRow, 'basicDisabled' | 'tokenExpiry'>) => ({
  basicDisabled: basicDisabled === 1,
  tokenExpiry,
})
