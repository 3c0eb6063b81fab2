import { join } from 'node:path'
import { installPython, runScript, type Suite } from './suite.ts'

const version = '9.1.1.0'

/** Broadcom's SDK of NSX Manager for Python, as admin, as a user who just may, and as nobody. */
export const nsxSdk: Suite = {
  name: 'nsx-sdk',
  async install(folder) {
    const client = await installPython(join(folder, 'venv'), [`vcf-nsx==${version}`])
    return { client, version: `vcf-nsx ${version}` }
  },
  run: (client, lab, check) => runScript(client, [join(import.meta.dirname, 'nsx-sdk', 'cycle.py')], lab, check),
}
