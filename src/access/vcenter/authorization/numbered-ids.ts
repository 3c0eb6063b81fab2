/** Larger numbers are kept by their text. */
const mostDigits = 7

interface Numbers {
  readonly prefix: string
  values: Int32Array
}

/**
 * Whole numbers above 0 by object ids, of which nearly all are a short prefix and a number, such as `vm-1204`: these
 * are found in a plain array, which a million objects do not make slow as they would make a map of texts.
 */
export function createNumberedIds() {
  /** By the sum that `read` makes of the prefix; the first of two prefixes with one sum has it. */
  const tables = new Map<number, Numbers>()
  const others = new Map<string, number>()
  // What `read` found: a function that returns two numbers would have to make an object of them.
  let prefixLength = 0
  let prefixSum = 0

  /** @returns The number at the end of an id; -1 for ids that are not of the usual form. */
  function read(id: string): number {
    const { length } = id
    let at = 0
    let sum = 0
    let code = 0
    for (; at < length; at++) {
      code = id.charCodeAt(at)
      if (code >= 48 && code <= 57) break
      sum = (Math.imul(sum, 31) + code) | 0
    }
    prefixLength = at
    prefixSum = sum
    // A number has one spelling: none begins with 0.
    if (at === length || code === 48 || length - at > mostDigits) return -1
    let number = 0
    for (; at < length; at++) {
      code = id.charCodeAt(at)
      if (code < 48 || code > 57) return -1
      number = number * 10 + code - 48
    }
    return number
  }

  const isOf = ({ prefix }: Numbers, id: string) => prefix.length === prefixLength && id.startsWith(prefix)

  return {
    /** @returns 0 where nothing was set. */
    get(id: string): number {
      const number = read(id)
      if (number >= 0) {
        const table = tables.get(prefixSum)
        if (table === undefined) return 0
        if (isOf(table, id)) return table.values[number] ?? 0
      }
      return others.get(id) ?? 0
    },

    set(id: string, value: number): void {
      const number = read(id)
      if (number < 0) {
        others.set(id, value)
        return
      }
      let table = tables.get(prefixSum)
      if (!table) {
        table = { prefix: id.slice(0, prefixLength), values: new Int32Array(1024) }
        tables.set(prefixSum, table)
      }
      if (!isOf(table, id)) {
        others.set(id, value)
        return
      }
      if (number >= table.values.length) {
        const larger = new Int32Array(2 ** Math.ceil(Math.log2(number + 1)))
        larger.set(table.values)
        table.values = larger
      }
      table.values[number] = value
    },

    clear(): void {
      others.clear()
      for (const { values } of tables.values()) values.fill(0)
    },
  }
}
