import { ConfigError } from './config-error.ts'
import { didYouMean } from './did-you-mean.ts'

/**
 * An object of a file of settings whose keys are all known.
 *
 * @param key Where it stands in the file, for errors.
 * @throws {ConfigError} here and from its parts, naming the setting that is unknown, missing or wrong.
 */
export function section(value: unknown, key: string, known: readonly string[]) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ConfigError(`${key}: it must have settings of its own`)
  }
  const fields = value as Record<string, unknown>
  const unknown = Object.keys(fields).filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const named = unknown.map((name) => `${name}${didYouMean(name, known)}`)
    throw new ConfigError(
      `${key}: it has ${named.length > 1 ? 'unknown settings' : 'an unknown setting'} ${named.join(', ')}`,
    )
  }
  const own = (name: string) => (Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined)
  return {
    value: own,
    given: (name: string) => own(name) !== undefined,
    text(name: string): string {
      const text = own(name)
      if (typeof text === 'string' && text !== '') return text
      throw new ConfigError(`${key}.${name}: ${text === undefined ? 'it is missing' : 'it must be text'}`)
    },
    list(name: string): unknown[] {
      const list = own(name) ?? []
      if (Array.isArray(list)) return list
      throw new ConfigError(`${key}.${name}: it must be a list`)
    },
    flag(name: string, fallback: boolean): boolean {
      const flag = own(name) ?? fallback
      if (typeof flag === 'boolean') return flag
      throw new ConfigError(`${key}.${name}: it must be true or false`)
    },
    /** The first choice is what it is where it is not given. */
    choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
      const given = own(name) ?? choices[0]
      const choice = choices.find((c) => c === given)
      if (choice) return choice
      throw new ConfigError(`${key}.${name}: ${given} is none of ${choices.join(', ')}`)
    },
    number(name: string, fallback: number, minimum: number, maximum: number): number {
      const number = own(name) ?? fallback
      if (typeof number === 'number' && number >= minimum && number <= maximum) return number
      throw new ConfigError(`${key}.${name}: ${number} is not a number from ${minimum} to ${maximum}`)
    },
  }
}
