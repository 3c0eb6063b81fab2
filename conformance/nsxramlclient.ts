import { join } from 'node:path'
import { labPassword } from '../src/lab.ts'
import { installing, installPython, runScript, type Suite } from './suite.ts'

const version = '2.0.7'

/**
 * VMware's Python client of NSX for vSphere, which speaks what the RAML of the API says: that of 6.2.3, which comes with
 * PyNSXv. Both are written for Python 2; a translator of syntax makes them run on Python 3.
 */
export const nsxramlclient: Suite = {
  name: 'nsxramlclient',
  async install(folder) {
    // Those it depends on, in versions that there are builds of today.
    const client = await installPython(join(folder, 'venv'), [
      'fissix==24.4.24',
      'lxml==6.1.3',
      'pyOpenSSL==26.4.0',
      'pyraml-parser==0.1.9',
      'requests==2.34.2',
    ])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile']
    await installing(client, [...pip, `nsxramlclient==${version}`, 'PyNSXv==0.4.1'])
    const site = await installing(client, ['-c', 'import site; print(site.getsitepackages()[0])'])
    await installing(client, ['-m', 'fissix', '-w', '-n', join(site, 'nsxramlclient')])
    return { client, version: `nsxramlclient ${version}, RAML of NSX 6.2.3` }
  },
  run: (client, lab, check) =>
    runScript(
      client,
      [join(import.meta.dirname, 'nsxramlclient/cases.py')],
      { ...lab, user: 'admin', password: labPassword },
      check,
    ),
}
