import type { RemotePerson, RemoteSourceType } from '../principal.ts'

/** An identity source that can be asked whether a name and a password belong together. */
export interface PasswordSource {
  readonly type: RemoteSourceType
  readonly id: string
  /** The one spelling of a name under which failures are counted, of all that mean the same user. */
  countedAs(name: string): string
  /**
   * @param password Never empty.
   * @returns undefined where the name is unknown or the password wrong.
   * @throws when the source cannot be asked, within a bounded time.
   */
  verify(name: string, password: string): Promise<RemotePerson | undefined>
}
