import { AccessError } from '../../errors.ts'

/** Milliseconds that a clock of somebody else may be ahead of ours or behind it. @see vSphere's default, 600,000 ms */
export const clockTolerance = 600_000

/** How long a token lives at most, in milliseconds, by what its bearer has to prove. @see vSphere's token policy */
export const longestLives = { bearer: 300_000, holderOfKey: 30 * 24 * 60 * 60 * 1000 }
export type TokenKind = keyof typeof longestLives

/** How often a token can be renewed. */
export const mostRenewals = 10

/** From when and until when something is good, in milliseconds since 1970. */
export interface Period {
  from: number
  until: number
}

/**
 * How long a token is good that is asked for: from now, and as long as was asked for, or as long as tokens of its kind
 * live at most, whichever is less.
 *
 * @param asked By the client's clock; undefined: it does not say.
 * @throws {AccessError} `invalid_field` for a time that has no length, is over, or has not begun.
 */
export function lifeOf(kind: TokenKind, asked: Period | undefined, now: number): Period {
  const longest = longestLives[kind]
  if (!asked) return { from: now, until: now + longest }
  const wrong = (why: string) => new AccessError('invalid_field', `Lifetime: ${why}`, { field: 'Lifetime' })
  if (!(asked.until > asked.from)) throw wrong('it does not end after it begins')
  if (asked.until + clockTolerance <= now) throw wrong('it is over')
  if (asked.from - clockTolerance > now) throw wrong('it has not begun')
  return { from: now, until: now + Math.min(asked.until - asked.from, longest) }
}

/** Whether something that somebody else dated is good now, as far as clocks can differ. */
export const isWithin = ({ from, until }: Period, now: number) =>
  from - clockTolerance <= now && now < until + clockTolerance

/** Milliseconds after which a message is not good any more, whatever it says: those that prove something are remembered. */
const longestMessage = 60 * 60 * 1000

/** When a message is good that says so itself. */
export const messagePeriod = ({ from, until }: Period): Period => ({
  from,
  until: Math.min(until, from + longestMessage),
})
