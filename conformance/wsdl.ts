import { join } from 'node:path'
import { installPython, runScript, type Suite } from './suite.ts'

const packages = ['zeep==4.3.3', 'suds==1.2.0', 'lxml==6.1.3']

/** Clients that are made of the WSDL alone, and two more XML parsers for what they read. */
export const wsdl: Suite = {
  name: 'wsdl',
  async install(folder) {
    const client = await installPython(join(folder, 'venv'), packages)
    return { client, version: packages.join(', ').replaceAll('==', ' ') }
  },
  run: (client, lab, check) => runScript(client, [join(import.meta.dirname, 'wsdl/cases.py')], lab, check),
}
