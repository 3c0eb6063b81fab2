import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvCell, csvRow } from './csv.ts'

test('cells that a spreadsheet would take for formulas begin with an apostrophe', () => {
  for (const text of ['=cmd()', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠a']) {
    assert.match(csvCell(text), /^"?'/, JSON.stringify(text))
  }
  for (const text of ['', 'a=1', ' =1', "'", '<script>alert(1)</script>', '\u202e=1']) assert.equal(csvCell(text), text)
})

test('cells with commas, quotes or line ends are quoted', () => {
  assert.equal(csvCell('a,b'), '"a,b"')
  assert.equal(csvCell('say "hi"'), '"say ""hi"""')
  assert.equal(csvCell('=1,"2"'), '"\'=1,""2"""')
  assert.equal(csvCell('a\nb'), '"a\nb"')
  assert.equal(csvRow(['a', 'b c', '']), 'a,b c,\r\n')
})
