import { element } from '../../xml/write.ts'

/** The release whose behaviour is served. The VCF Java SDK signs in once for all faces from 8.0.3 on. */
const apiVersion = '9.0.0.0'

/** What a client may have been made for instead: it takes the newest it knows too. @see vcenter-api.md 7.1 */
const priorVersions = [
  '8.0.3.0',
  '8.0.2.0',
  '8.0.1.0',
  '8.0.0.2',
  '8.0.0.1',
  '8.0.0.0',
  '7.0.3.2',
  '7.0.3.1',
  '7.0.3.0',
  '7.0.2.1',
  '7.0.2.0',
  '7.0.1.1',
  '7.0.1.0',
  '7.0.0.2',
  '7.0.0.0',
  '6.9.1',
  '6.8.7',
  '6.7.3',
  '6.7.2',
  '6.7.1',
  '6.7',
  '6.5',
  '6.0',
  '5.5',
  '5.1',
  '5.0',
  '4.1',
  '4.0',
  '2.5u2server',
  '2.5u2',
  '2.5',
]

/** Oldest first. */
const versions = [...priorVersions.toReversed(), apiVersion]

/**
 * Whether the release has what came in a version.
 *
 * @param since Undefined: it was always there.
 */
export const isServed = (since: string | undefined): boolean => since === undefined || versions.includes(since)

/** How the server describes itself; clients look at `apiType` and `apiVersion`. Version and build are [inferred]. */
export const about = {
  name: 'VMware vCenter Server',
  fullName: 'VMware vCenter Server 9.0.0 build-24755230',
  vendor: 'VMware, Inc.',
  version: '9.0.0',
  build: '24755230',
  localeVersion: 'INTL',
  localeBuild: '000',
  osType: 'linux-x64',
  productLineId: 'vpx',
  apiType: 'VirtualCenter',
  apiVersion,
  licenseProductName: 'VMware VirtualCenter Server',
  licenseProductVersion: '9.0',
}

/** `vimServiceVersions.xml`: pyvmomi takes the newest version that it knows of these. */
export const versionsDocument = [
  '<?xml version="1.0" encoding="UTF-8"?>\n<namespaces version="1.0"><namespace><name>urn:vim25</name>',
  element('version', apiVersion),
  element('priorVersions', priorVersions.map((version) => element('version', version)).join('')),
  '</namespace></namespaces>\n',
].join('')
