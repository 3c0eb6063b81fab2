import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingPrograms, tour } from './tour/run.ts'

test('the tour shows what documents 000 to 004 say, and nothing surprises', { skip: missingPrograms() }, () => {
  const file = join(import.meta.dirname, 'tour/run.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /\d+ steps, no surprise\n$/)
})

test('the tour ends with 1 at the first surprise, and names what was expected', async () => {
  const printed: string[] = []
  const story = {
    title: 'A document that is wrong',
    *steps() {
      yield {
        says: 'Nobody is asked who they are.',
        request: 'GET /api/v1/node',
        as: ['nobody', ''],
        expect: {},
      } as const
      yield { says: 'This is never asked.', request: 'GET /api/v1/cluster', expect: {} } as const
    },
  }
  const code = await tour([story], (line) => printed.push(line))
  const text = printed.join('\n')
  assert.equal(code, 1)
  assert.match(text, /GET \/api\/v1\/node, as nobody\n {4}403 .*\n\nA surprise: expected { status: 200 }/)
  assert.doesNotMatch(text, /never asked/)
})
