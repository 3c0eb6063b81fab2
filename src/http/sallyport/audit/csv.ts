/** What a spreadsheet would take for the beginning of a formula. @see OWASP, "CSV Injection" */
const formula = /^[=+\-@\t\r\n＝＋－＠]/

/** A cell that stays text where a spreadsheet opens it. @see RFC 4180 2 */
export function csvCell(text: string): string {
  const harmless = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

export const csvRow = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`
