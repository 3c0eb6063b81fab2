import type { NsxvUser } from './user.ts'

export type NsxvUserView = ReturnType<typeof createNsxvUserView>

/** The users of the NSX Manager in memory, and which accounts may use its web interface: what is asked on every request. */
export function createNsxvUserView(stored: readonly NsxvUser[], webInterface: readonly number[]) {
  const users = new Map(stored.map((user) => [user.key, user]))
  const privileged = new Set(webInterface)

  return {
    /** In the order in which they came. */
    list: (): NsxvUser[] => [...users.values()].sort((a, b) => a.number - b.number),

    find: (key: string): NsxvUser | undefined => users.get(key),

    put: (user: NsxvUser): void => void users.set(user.key, user),

    remove: (key: string): void => void users.delete(key),

    /** Whether an account has the web-interface privilege. */
    hasWebInterface: (userid: number): boolean => privileged.has(userid),

    setWebInterface(userid: number, granted: boolean): void {
      if (granted) privileged.add(userid)
      else privileged.delete(userid)
    },
  }
}
