/** A setting is wrong; the message names it. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** After so many the rest is only counted. */
const mostTold = 20

export type Mistakes = ReturnType<typeof createMistakes>

/** Collects what is wrong with settings, so that whoever wrote them hears all of it at once. */
export function createMistakes() {
  const found: string[] = []
  return {
    add: (mistake: string) => void found.push(mistake),

    count: (): number => found.length,

    /** @returns what was read; undefined where reading it threw a `ConfigError`, which is kept. */
    note<T>(read: () => T): T | undefined {
      try {
        return read()
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        found.push(error.message)
        return undefined
      }
    },

    /** @throws {ConfigError} with the mistakes that were found, if there are any. */
    tell(): void {
      if (found.length === 0) return
      const more = found.length > mostTold ? [`and ${found.length - mostTold} more`] : []
      throw new ConfigError([...found.slice(0, mostTold), ...more].join('; '))
    },
  }
}
