import assert from 'node:assert/strict'
import { join } from 'node:path'
import { environmentOf, installPython, run, runScript, type Suite } from './suite.ts'

const version = '9.1.1.0'
const script = (name: string) => join(import.meta.dirname, 'vcf-sdk', name)

/** Broadcom's VCF SDK for Python, which speaks JSON-RPC. @see seed document 004, vcenter-api.md 5.8 */
export const vcfSdk: Suite = {
  name: 'vcf-sdk',
  async install(folder) {
    const client = await installPython(join(folder, 'venv'), [`vcf-sdk==${version}`])
    return { client, version: `vcf-sdk ${version}` }
  },
  async run(client, lab, check) {
    const sample = () => run(client, [script('document_004.py')], { env: environmentOf(lab) })
    await check('the sample of document 004 runs as it is printed', async () => {
      const { code, stderr } = await sample()
      assert.equal(code, 0, stderr)
    })
    await check('the same a second time finds its role there already', async () => {
      const { code, stderr } = await sample()
      assert.notEqual(code, 0)
      assert.match(stderr, /AlreadyExists/)
    })
    await runScript(client, [script('cycle.py')], lab, check)
    await runScript(client, [script('tags.py')], lab, check)
  },
}
