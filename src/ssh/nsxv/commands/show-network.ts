import { createHash } from 'node:crypto'
import { netmaskOf } from '../../../access/nsxv/netmask.ts'
import { oneOf } from '../../console/command.ts'
import { type NsxvCommand, type NsxvSession, privileged, viewing } from '../session.ts'

/** Of the one card, which no machine has: a name is made of the appliance's own, of the range of vSphere's. */
function hardwareAddress({ nsxv }: NsxvSession): string {
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(nsxv.uuid).digest()
  return [0x00, 0x50, 0x56, 0x80 | (a & 0x3f), b, c].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function interfaceLines(name: string, session: NsxvSession): string[] {
  const network = session.nsxv.configuration.read().address
  const [address, length] = network?.split('/') ?? []
  const inet = address === undefined ? [] : [`          inet addr:${address}  Mask:${netmaskOf(Number(length))}`]
  return name === 'lo'
    ? [
        'lo        Link encap:Local Loopback',
        '          inet addr:127.0.0.1  Mask:255.0.0.0',
        '          UP LOOPBACK RUNNING  MTU:65536  Metric:1',
      ]
    : [
        `mgmt      Link encap:Ethernet  HWaddr ${hardwareAddress(session)}`,
        ...inet,
        '          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1',
      ]
}

/** What is configured; Sallyport itself listens where its settings say. */
export const showInterface: NsxvCommand = {
  syntax: 'show interface [<name>]',
  modes: viewing,
  summary: 'Show the interfaces as they are configured',
  arguments: { name: { ...oneOf('Interface', 'mgmt', 'lo'), shown: 'NAME' } },
  example: 'show interface mgmt',
  run(session, { name }) {
    session.print(...(name === undefined ? allInterfaceLines(session) : interfaceLines(name, session)))
  },
}

export const allInterfaceLines = (session: NsxvSession): string[] => [
  ...interfaceLines('mgmt', session),
  '',
  ...interfaceLines('lo', session),
]

export const showEthernet: NsxvCommand = {
  syntax: 'show ethernet',
  modes: privileged,
  summary: "Show the Ethernet card. It is the stand-in's, not one of the machine that Sallyport runs on",
  example: 'show ethernet',
  run: (session) => session.print('mgmt:', `  Permanent address: ${hardwareAddress(session)}`, '  Link detected: yes'),
}

/** Nothing is reached over the stand-in's interface. */
export const showArp: NsxvCommand = {
  syntax: 'show arp',
  modes: viewing,
  summary: 'Show the ARP table, which is empty: no host is reached over an interface of the appliance',
  example: 'show arp',
  run: (session) => session.print('Address         HWtype  HWaddress           Flags  Iface'),
}

export const routeLines = ({ nsxv }: NsxvSession): string[] => {
  const { address, routes } = nsxv.configuration.read()
  return [
    'Codes: K - kernel route, C - connected, S - static, > - selected route, * - FIB route',
    '',
    ...routes.map(({ network, gateway }) => `S>* ${network} [1/0] via ${gateway}, mgmt`),
    ...(address === null ? [] : [`C>* ${networkOf(address)} is directly connected, mgmt`]),
    'C>* 127.0.0.0/8 is directly connected, lo',
  ]
}

export const showIpRoute: NsxvCommand = {
  syntax: 'show ip route',
  modes: viewing,
  summary: 'Show the routes as they are configured',
  example: 'show ip route',
  run: (session) => session.print(...routeLines(session)),
}

/** `192.0.2.0/24` of `192.0.2.20/24` */
function networkOf(address: string): string {
  const [host = '', length = '32'] = address.split('/')
  const mask = netmaskOf(Number(length)).split('.').map(Number)
  const network = host.split('.').map((byte, index) => Number(byte) & mask[index]!)
  return `${network.join('.')}/${length}`
}
