import type { AuthContext, KeyboardAuthContext, ParsedKey, PasswordAuthContext, PublicKeyAuthContext } from 'ssh2'
import ssh2 from 'ssh2'
import { rootUserid } from '../access/accounts/account.ts'
import { AccessError, locksAccount } from '../access/errors.ts'
import type { LocalUser } from '../access/principal.ts'
import type { Credentials } from '../access/sign-in/door.ts'
import type { Services } from '../services.ts'
import type { SshLimits } from './limits.ts'
import { type ConnectionFacts, signInRecord, sshRefusal } from './record.ts'

const methods: ('publickey' | 'password' | 'keyboard-interactive')[] = ['publickey', 'password', 'keyboard-interactive']

/** Names and passwords longer than these are nobody's; what is beyond is not looked at. */
const longestName = 256
const longestPassword = 1024

/** Key types that nobody should sign in with any more. */
const outdated = new Set(['ssh-dss'])

export interface AuthenticationParts {
  services: Pick<Services, 'consoleDoor' | 'journal' | 'nodeSettings' | 'refusals' | 'clock' | 'log'>
  limits: Pick<SshLimits, 'failures' | 'requests'>
  facts: ConnectionFacts
  /** Opens the connection for who has shown who they are, and journals it. @throws {AccessError} when that cannot be. */
  admit(user: LocalUser, how: string): Promise<void>
  /** Ends the connection. */
  end(): void
}

/**
 * How a connection comes to be somebody's: by password, by answering the prompt for one, or by key.
 *
 * All refusals look alike, and each has its audit record before the client hears of it.
 *
 * @see RFC 4252, RFC 4256
 */
export function createAuthentication({ services, limits, facts, admit, end }: AuthenticationParts) {
  const { consoleDoor, journal, nodeSettings, refusals, clock, log } = services
  const { appliance, source } = facts
  let failures = 0
  let requests = 0

  const credentials = (name: string, password: string): Credentials => ({
    applianceId: appliance.id,
    realmId: appliance.realmId,
    source,
    name: name.slice(0, longestName),
    password: password.slice(0, longestPassword),
  })

  /** @throws {AccessError} `unauthenticated` for root, where the SSH service does not let root in. */
  async function requireLetIn(signIn: Promise<LocalUser>): Promise<LocalUser> {
    const user = await signIn
    if (user.account.userid === rootUserid && !nodeSettings.read(appliance.id).sshRootLogin) {
      throw new AccessError('unauthenticated', 'Root may not sign in over SSH')
    }
    return user
  }

  async function refuse(context: AuthContext, how: string, error: unknown): Promise<void> {
    if (!(error instanceof AccessError)) log.error(error, 'an SSH sign-in failed')
    failures++
    const record = signInRecord(facts, clock(), context.username.slice(0, longestName), how, false)
    if (locksAccount(error)) record.locks = true
    await new Promise<void>((resolve) => journal.append(record, () => resolve()))
    if (failures >= limits.failures) {
      refusals.record(sshRefusal(facts, '', 'refused-sign-in', 'too many failures'))
      end()
    } else context.reject(methods)
  }

  async function decide(context: AuthContext, how: string, user: Promise<LocalUser>): Promise<void> {
    try {
      await admit(await user, how)
    } catch (error) {
      return refuse(context, how, error)
    }
    context.accept()
  }

  function byPassword(context: PasswordAuthContext): Promise<void> {
    const { username, password } = context
    // A change of the password with the sign-in is an object, and is not offered.
    return decide(context, 'password', requireLetIn(consoleDoor.signIn(credentials(username, String(password)))))
  }

  async function byPrompt(context: KeyboardAuthContext): Promise<void> {
    const answers = await new Promise<string[] | Error>((resolve) =>
      context.prompt([{ prompt: 'Password: ', echo: false }], resolve as (answers: string[]) => void),
    )
    // Given up by a client that tries another way.
    if (answers instanceof Error) return
    const signIn = requireLetIn(consoleDoor.signIn(credentials(context.username, answers[0] ?? '')))
    return decide(context, 'keyboard-interactive', signIn)
  }

  async function byKey(context: PublicKeyAuthContext): Promise<void> {
    const { username, key, signature } = context
    const value = key.data.toString('base64')
    const presented = { ...credentials(username, ''), type: key.algo, value }
    const user = isOutdated(context) ? refused() : requireLetIn(consoleDoor.signInByKey(presented))
    if (signature !== undefined)
      return decide(
        context,
        'publickey',
        user.then((found) => proven(context, value, found)),
      )
    // Only offered: nobody has signed in, nobody has failed.
    try {
      await user
      context.accept()
    } catch {
      context.reject(methods)
    }
  }

  async function handle(context: AuthContext): Promise<void> {
    if (++requests > limits.requests) {
      refusals.record(sshRefusal(facts, '', 'refused-sign-in', 'too many requests'))
      return end()
    }
    switch (context.method) {
      case 'password':
        return byPassword(context)
      case 'keyboard-interactive':
        return byPrompt(context)
      case 'publickey':
        return byKey(context)
      default:
        // Clients ask so to hear what there is.
        refusals.record(sshRefusal(facts, '', 'refused-method', context.method))
        context.reject(methods)
    }
  }

  return (context: AuthContext): void => {
    handle(context).catch((error) => {
      log.error(error, 'an SSH sign-in failed')
      end()
    })
  }
}

const refused = (): Promise<never> =>
  Promise.reject(new AccessError('unauthenticated', 'The key is not that of an account'))

/** SHA-1 signs nothing any more. */
function isOutdated({ key, hashAlgo, signature }: PublicKeyAuthContext): boolean {
  return outdated.has(key.algo) || (key.algo === 'ssh-rsa' && hashAlgo === undefined && signature !== undefined)
}

/** The user, if the client has the private key. @throws {AccessError} `unauthenticated` */
function proven({ key, blob, signature, hashAlgo }: PublicKeyAuthContext, value: string, user: LocalUser): LocalUser {
  const parsed = ssh2.utils.parseKey(`${key.algo} ${value}`) as ParsedKey | Error
  const good =
    !(parsed instanceof Error) &&
    blob !== undefined &&
    signature !== undefined &&
    parsed.verify(blob, signature, hashAlgo)
  if (good === true) return user
  throw new AccessError('unauthenticated', 'The signature is not that of the key')
}
