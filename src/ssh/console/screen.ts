const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const ascii = /^[ -~]*$/
const wide =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** A text that can do nothing to a terminal but show itself: names and labels come from others. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (c) =>
    c === '\t' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The characters of a text as people see them. */
export function graphemes(text: string): string[] {
  return ascii.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** Columns that a character takes. */
export function widthOf(grapheme: string): number {
  if (ascii.test(grapheme)) return grapheme.length
  if (invisible.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}

/** Where the cursor is behind some text that began at the left edge. */
export function positionBehind(text: readonly string[], columns: number): { row: number; column: number } {
  let row = 0
  let column = 0
  for (const grapheme of text) {
    const width = widthOf(grapheme)
    if (column + width > columns) {
      row++
      column = 0
    }
    column += width
  }
  // A terminal stays at the edge until more is written; whoever draws makes it go on.
  return column >= columns ? { row: row + 1, column: 0 } : { row, column }
}
