import { oneOf } from '../../console/command.ts'
import { type NsxvCommand, viewing } from '../session.ts'

/** `255.255.255.0` of a prefix length. */
function maskOf(length: number): string {
  const bits = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}

function interfaceLines(name: string, network: string | null): string[] {
  const [address, length] = network?.split('/') ?? []
  const inet = address === undefined ? [] : [`          inet addr:${address}  Mask:${maskOf(Number(length))}`]
  return name === 'lo'
    ? [
        'lo        Link encap:Local Loopback',
        '          inet addr:127.0.0.1  Mask:255.0.0.0',
        '          UP LOOPBACK RUNNING  MTU:65536  Metric:1',
      ]
    : ['mgmt      Link encap:Ethernet', ...inet, '          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1']
}

/** What is configured; Sallyport itself listens where its settings say. */
export const showInterface: NsxvCommand = {
  syntax: 'show interface [<name>]',
  modes: viewing,
  summary: 'Show the interfaces as they are configured',
  arguments: { name: { ...oneOf('Interface', 'mgmt', 'lo'), shown: 'NAME' } },
  example: 'show interface mgmt',
  run(session, { name }) {
    const { address } = session.nsxv.configuration.read()
    const shown = name === undefined ? ['mgmt', 'lo'] : [name]
    session.print(...shown.flatMap((one, index) => [...(index > 0 ? [''] : []), ...interfaceLines(one, address)]))
  },
}

export const showIpRoute: NsxvCommand = {
  syntax: 'show ip route',
  modes: viewing,
  summary: 'Show the routes as they are configured',
  example: 'show ip route',
  run(session) {
    const { address, routes } = session.nsxv.configuration.read()
    session.print(
      'Codes: K - kernel route, C - connected, S - static, > - selected route, * - FIB route',
      '',
      ...routes.map(({ network, gateway }) => `S>* ${network} [1/0] via ${gateway}, mgmt`),
      ...(address === null ? [] : [`C>* ${networkOf(address)} is directly connected, mgmt`]),
      'C>* 127.0.0.0/8 is directly connected, lo',
    )
  },
}

/** `192.0.2.0/24` of `192.0.2.20/24` */
function networkOf(address: string): string {
  const [host = '', length = '32'] = address.split('/')
  const mask = maskOf(Number(length)).split('.').map(Number)
  const network = host.split('.').map((byte, index) => Number(byte) & mask[index]!)
  return `${network.join('.')}/${length}`
}
