/**
 * What may end a line, hide a part of it or turn it round: control characters (C0, C1), format characters (bidirectional
 * marks, zero widths, tags), the separators of lines and paragraphs, and halves of a surrogate pair.
 */
const deceiving = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** A text of which every deceiving character is shown as `\uXXXX`, one for each UTF-16 unit. */
export function escapeControl(text: string): string {
  return text.replace(deceiving, (c) =>
    Array.from({ length: c.length }, (_, n) => `\\u${c.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''),
  )
}
