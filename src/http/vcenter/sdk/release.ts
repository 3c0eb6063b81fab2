import { element } from '../../xml/write.ts'

/** The release whose behaviour is served. The VCF Java SDK signs in once for all faces from 8.0.3 on. */
export const apiVersion = '9.0.0.0'

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

/** A version that a client may have been made for: its place among those that are served. */
export type Version = number

/** What is spoken to whoever does not ask for less. */
export const newest: Version = versions.length - 1

/**
 * Whether a version has what came in another one.
 *
 * @param since Undefined: it was always there.
 */
export function hasSince(version: Version, since: string | undefined): boolean {
  if (since === undefined) return true
  const came = versions.indexOf(since)
  return came >= 0 && came <= version
}

/**
 * The version that a client asks for with the header SOAPAction, as in `"urn:vim25/6.7.3"`. Between two that are served
 * it is the older one; whoever names none, or one that is no version, is taken for the newest. [inferred]
 */
export function versionAskedFor(action: string): Version {
  const [, name] = /^"?urn:vim25\/([\w.]+)"?$/.exec(action.trim()) ?? []
  if (name === undefined) return newest
  const exact = versions.indexOf(name)
  if (exact >= 0) return exact
  const asked = numbersOf(name)
  if (asked.length === 0) return newest
  return Math.max(
    0,
    versions.findLastIndex((one) => compare(numbersOf(one), asked) <= 0),
  )
}

/** Empty: it is none. */
const numbersOf = (version: string): number[] =>
  (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').filter(Boolean).map(Number)

function compare(a: readonly number[], b: readonly number[]): number {
  for (let n = 0; n < Math.max(a.length, b.length); n++) {
    const difference = (a[n] ?? 0) - (b[n] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

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
