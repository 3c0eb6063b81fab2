/**
 * Which pieces of four characters a text has, as a set that may say yes where it should say no, but never the other way
 * round: a chunk of records that lacks a piece of what is looked for need not be read.
 *
 * It is a Bloom filter with one hash. Text is compared in lower case.
 */
const pieceLength = 4
const mostBits = 2 ** 18
const fewestBits = 2 ** 6

/** Bits that a piece may be, of all in use. Fewer: it is folded, so that a chunk of few records has a small signature. */
const fullest = 1 / 8

export type Signature = Uint8Array

export const emptySignature = (): Signature => new Uint8Array(mostBits / 8)

function* piecesOf(text: string): Generator<number> {
  let last = 0
  for (let n = 0; n < text.length; n++) {
    last = nextPiece(last, text.charCodeAt(n))
    if (n >= pieceLength - 1) yield bitOf(last)
  }
}

/** What came four characters ago has been pushed out. */
const nextPiece = (last: number, code: number) => ((last << 7) ^ code) & 0xfffffff
const bitOf = (piece: number) => Math.imul(piece, 0x9e3779b1) >>> 14

/** @param text In lower case. */
export function addText(signature: Signature, text: string): void {
  // The same as piecesOf, written out: it sees every character of the journal.
  let last = 0
  for (let n = 0; n < text.length; n++) {
    last = nextPiece(last, text.charCodeAt(n))
    if (n < pieceLength - 1) continue
    const bit = bitOf(last)
    signature[bit >>> 3]! |= 1 << (bit & 7)
  }
}

/** @param text In lower case; one shorter than a piece may be anywhere. */
export function mayContain(signature: Signature, text: string): boolean {
  const mask = signature.length * 8 - 1
  for (const piece of piecesOf(text)) {
    const bit = piece & mask
    if ((signature[bit >>> 3]! & (1 << (bit & 7))) === 0) return false
  }
  return true
}

/** The same set in as few bits as serve. */
export function folded(signature: Signature): Signature {
  let set = 0
  for (let byte of signature) for (; byte > 0; byte &= byte - 1) set++
  let smaller = signature
  while (smaller.length * 8 > fewestBits && set / (smaller.length * 4) <= fullest) {
    const half = smaller.length / 2
    const next = smaller.slice(0, half)
    for (let n = 0; n < half; n++) next[n]! |= smaller[half + n]!
    smaller = next
  }
  return smaller
}
