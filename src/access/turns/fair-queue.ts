/** Items that wait, each for a caller. */
export type FairQueue<Item> = ReturnType<typeof createFairQueue<Item>>

/**
 * A queue that serves callers in turn, whatever the number of items that each of them has in it. The items of one caller
 * leave in the order in which they came.
 */
export function createFairQueue<Item>() {
  // A map gives its keys in the order in which they were set, so the first key is the caller whose turn it is.
  const waiting = new Map<string, Item[]>()
  let size = 0

  function remove(caller: string, items: Item[], index: number): Item {
    const [item] = items.splice(index, 1) as [Item]
    size--
    waiting.delete(caller)
    if (items.length > 0) waiting.set(caller, items)
    return item
  }

  return {
    get size() {
      return size
    },

    /** The number of items of one caller. */
    sizeOf: (caller: string): number => waiting.get(caller)?.length ?? 0,

    push(caller: string, item: Item): void {
      const items = waiting.get(caller)
      if (items) items.push(item)
      else waiting.set(caller, [item])
      size++
    },

    /**
     * Takes the first item of the caller whose turn it is; that caller comes last from then on.
     *
     * @param isServed Callers for whom this is false are passed over and keep their place.
     * @returns undefined if there is no item, or none of a caller who is served.
     */
    shift(isServed: (caller: string, item: Item) => boolean = () => true): Item | undefined {
      for (const [caller, items] of waiting) if (isServed(caller, items[0] as Item)) return remove(caller, items, 0)
      return undefined
    },

    /** Takes an item out, for example because its client is gone. Does nothing if it has left already. */
    drop(caller: string, item: Item): void {
      const items = waiting.get(caller)
      const index = items?.indexOf(item) ?? -1
      if (!items || index < 0) return
      items.splice(index, 1)
      size--
      if (items.length === 0) waiting.delete(caller)
    },
  }
}
