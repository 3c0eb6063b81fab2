import { createHmac, hash, randomBytes, randomUUID } from 'node:crypto'
import type { Change } from '../../audit/journal.ts'
import type { NsxvTokenTable } from '../../store/schema.ts'
import type { Clocks } from '../clock.ts'
import { AccessError } from '../errors.ts'
import type { RemotePerson } from '../principal.ts'
import { isSamePerson } from '../sign-in/people-renewal.ts'
import type { NsxvCall } from './call.ts'
import { parseUserName } from './names.ts'
import type { NsxvPrincipal } from './principal.ts'

export type NsxvTokens = ReturnType<typeof createNsxvTokens>

/** Minutes that a token may be good for. @see nsxv-api.md 6 */
export const tokenMinutes = { minimum: 1, maximum: 24 * 60, default: 90 }

/** Tokens that one user may have at once; inferred, so that their number is bounded. */
const mostTokens = 1000

const sha256 = (text: string) => hash('sha256', text, 'hex')
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

interface Token extends Omit<NsxvTokenTable, 'person'> {
  person: RemotePerson | undefined
  /** When it expires, by the steady clock. */
  expiresSteadily: number
}

const personOf = ({ person }: NsxvTokenTable): RemotePerson | undefined =>
  person === null ? undefined : JSON.parse(person)

/**
 * Authentication tokens of 6.4. They are JWTs for clients to read; here they are found by their hash, which is all
 * that is kept.
 *
 * A token has the roles that its user has now, and nothing where the user could not sign in now. 6.4 documents more: a
 * token that stays good, with its roles, when its user is disabled or deleted. Whoever gets the name later is another
 * user.
 *
 * @param realmId Of the accounts of the command line.
 * @param current Who a user is now, by their key, or as a directory told of them; undefined where they could not sign in.
 * @see nsxv-api.md 1, 6; docs/decisions/031-rights-of-now.md
 */
export function createNsxvTokens(
  stored: readonly NsxvTokenTable[],
  { clock, steady }: Clocks,
  realmId: string,
  current: (key: string, person: RemotePerson | undefined) => NsxvPrincipal | undefined,
) {
  // What is signed with it is found by its hash: nobody else needs the key.
  const key = randomBytes(32)
  const tokens = new Map<string, Token>(
    stored.map((row) => {
      const expiresSteadily = steady() + row.expiresAt - clock()
      return [row.tokenHash, { ...row, person: personOf(row), expiresSteadily }]
    }),
  )

  function sign(subject: string, expiresAt: number): string {
    const claims = { sub: subject, exp: Math.floor(expiresAt / 1000), jti: randomUUID() }
    const unsigned = `${base64url({ alg: 'HS256' })}.${base64url(claims)}`
    return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`
  }

  function forget(ended: readonly string[]): void {
    for (const tokenHash of ended) tokens.delete(tokenHash)
  }

  return {
    /**
     * Issues a token to whoever it is.
     *
     * @throws {AccessError} `limit_reached`; `no_role` for an account that was deactivated meanwhile.
     */
    async issue(call: NsxvCall, principal: NsxvPrincipal, minutes: number): Promise<string> {
      const { name, key: userKey, identity, userid, person } = principal
      return call.change(async ({ stores, values, onCommit }) => {
        const account = userid === undefined ? undefined : await stores.accounts.find(realmId, userid)
        if (userid !== undefined && !account?.active) {
          throw new AccessError('no_role', `User ${name} has no role any more`)
        }
        const expiresAt = clock() + minutes * 60_000
        const expiresSteadily = steady() + minutes * 60_000
        await stores.nsxvTokens.removeExpired(clock())
        if ((await stores.nsxvTokens.countOfUser(userKey)) >= mostTokens) {
          throw new AccessError('limit_reached', `User ${name} has ${mostTokens} tokens; wait until some expire`)
        }
        const token = sign(name, expiresAt)
        const tokenHash = sha256(token)
        const row = { tokenHash, userKey, identity, name, expiresAt }
        await stores.nsxvTokens.insert({ ...row, person: person === undefined ? null : JSON.stringify(person) })
        values(name, undefined, { name, expiresAt })
        onCommit(() => tokens.set(tokenHash, { ...row, person, expiresSteadily }))
        return token
      })
    },

    /** @throws {AccessError} `unauthenticated` */
    authenticate(presented: string): NsxvPrincipal {
      const token = tokens.get(sha256(presented))
      if (!token || steady() >= token.expiresSteadily) throw new AccessError('unauthenticated', 'The token is not good')
      const now = current(token.userKey, token.person)
      if (now?.identity !== token.identity) throw new AccessError('unauthenticated', 'The user of the token is gone')
      return now
    },

    /** Ends all tokens of a user, who need not exist any more. @throws {AccessError} `invalid_field` */
    async invalidate(call: NsxvCall, name: string): Promise<void> {
      const user = parseUserName(name)
      await call.change(async ({ stores, values, onCommit }) => {
        const ended = await stores.nsxvTokens.removeOfUser(user.key)
        values(user.shown, { name: user.shown }, undefined)
        onCommit(() => forget(ended))
      })
    },

    /** Ends the tokens of everybody else. */
    async endOfOthers({ stores, onCommit }: Change, userKeys: readonly string[]): Promise<void> {
      const ended = await stores.nsxvTokens.removeOfOthers(userKeys)
      onCommit(() => forget(ended))
    },

    /** People of directories that have a token, each as the directory told of them last. */
    people: (): RemotePerson[] => [...tokens.values()].flatMap(({ person }) => person ?? []),

    /** Takes what a directory says of somebody now; whom it does not know has no token any more. */
    async renew(change: Change, before: RemotePerson, now: RemotePerson | undefined): Promise<void> {
      const own = [...tokens.values()].filter(({ person }) => person !== undefined && isSamePerson(person, before))
      const hashes = own.map(({ tokenHash }) => tokenHash)
      if (now === undefined) await change.stores.nsxvTokens.remove(hashes)
      else await change.stores.nsxvTokens.setPerson(hashes, JSON.stringify(now))
      change.onCommit(() => {
        if (now === undefined) forget(hashes)
        else for (const token of own) token.person = now
      })
    },

    /** Ends the tokens of an identity source's users. */
    async endOfSource(change: Change, sourceType: string, sourceId: string): Promise<void> {
      const rows = await change.stores.nsxvTokens.list()
      const ended = rows.filter((row) => {
        const person = personOf(row)
        return person?.sourceType === sourceType && person.sourceId === sourceId
      })
      const hashes = ended.map(({ tokenHash }) => tokenHash)
      await change.stores.nsxvTokens.remove(hashes)
      change.onCommit(() => forget(hashes))
    },

    /** Forgets what has expired. */
    keepHouse(): void {
      const now = steady()
      for (const [tokenHash, { expiresSteadily }] of tokens) if (now >= expiresSteadily) tokens.delete(tokenHash)
    },
  }
}
