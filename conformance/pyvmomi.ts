import { join } from 'node:path'
import { installPython, runScript, type Suite } from './suite.ts'

const version = '9.1.1.0'

/** Broadcom's Python library for vim25. */
export const pyvmomi: Suite = {
  name: 'pyvmomi',
  async install(folder) {
    const client = await installPython(join(folder, 'venv'), [`pyvmomi==${version}`])
    return { client, version: `pyvmomi ${version}` }
  },
  run: (client, lab, check) => runScript(client, [join(import.meta.dirname, 'pyvmomi/cases.py')], lab, check),
}
