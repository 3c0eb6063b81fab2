import { isIPv4 } from 'node:net'
import { isHostname } from '../../access/nsxv/configuration.ts'
import type { Argument } from '../console/command.ts'
import type { NsxvSession } from './session.ts'

export function isNetwork(value: string): boolean {
  const [address = '', length = '', ...more] = value.split('/')
  return more.length === 0 && isIPv4(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32
}

const argument = (help: string, shown: string, is: (value: string) => boolean): Argument<NsxvSession> => ({
  help,
  shown,
  check: (value) => (is(value) ? undefined : `not ${shown}`),
})

export const address = argument('IP address', 'A.B.C.D', isIPv4)
export const network = argument('IP address with its prefix length', 'A.B.C.D/M', isNetwork)
export const host = argument('Host name or IP address', 'HOST', (value) => isIPv4(value) || isHostname(value))
