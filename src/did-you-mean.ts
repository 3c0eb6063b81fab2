/** ` (did you mean X?)` where one of the known words is close to what was given; else nothing. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const plain = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, '')
  let best: { word: string; distance: number } | undefined
  for (const word of known) {
    const distance = editDistance(plain(given), plain(word))
    if (!best || distance < best.distance) best = { word, distance }
  }
  // Two characters, and a third of a short word, may be wrong: further away is another word.
  return best && best.distance <= Math.min(2, plain(given).length / 3) ? ` (did you mean ${best.word}?)` : ''
}

/** Characters to add, take away or replace until one is the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, replaced))
    }
    row = next
  }
  return row[b.length] as number
}
