import type { Argument } from '../../console/command.ts'
import { ConsoleError } from '../../console/command.ts'
import { type NsxvCommand, type NsxvMode, type NsxvSession, privileged, viewing } from '../session.ts'

const nothingGoesOut = 'the console connects to nothing else; connect from your own machine'
const noPackets = 'nothing passes through a stand-in for the appliance, so there are no packets to see'

const host: Argument<NsxvSession> = { help: 'Host name or IP address', shown: 'WORD' }

const arguments_: Record<string, Argument<NsxvSession>> = {
  host,
  port: { help: 'Port', shown: 'PORT' },
  // May have a password in it.
  url: { help: 'Where it goes', shown: 'URL', secret: true },
  name: { help: 'Interface', shown: 'NAME' },
  file: { help: 'File', shown: 'FILE' },
  key: { help: 'Shared key', shown: 'KEY', secret: true },
}

/** A command of the product's that is not carried out here, and says why. */
function refused(
  modes: readonly NsxvMode[],
  syntax: string,
  summary: string,
  example: string,
  why: string,
): NsxvCommand {
  const command = syntax.replace(/ ?[[(<].*$/, '')
  return {
    syntax,
    modes,
    summary,
    arguments: Object.fromEntries(Object.entries(arguments_).filter(([name]) => syntax.includes(`<${name}>`))),
    example,
    refused: why,
    run: () => {
      throw new ConsoleError(`ERROR: ${command} is not carried out here: ${why}`)
    },
  }
}

/** @see nsxv-api.md 5.4, the table of other commands */
export const refusedCommands: readonly NsxvCommand[] = [
  {
    ...refused(viewing, 'ssh <host>', 'Connect to a host over SSH', 'ssh 192.0.2.30', nothingGoesOut),
    // Not to be what `ssh sta` could mean.
    arguments: {
      host: {
        ...host,
        check: (value) => (['start', 'stop'].some((word) => word.startsWith(value)) ? 'not a host' : undefined),
      },
    },
  },
  refused(viewing, 'telnet <host> [<port>]', 'Connect to a host', 'telnet 192.0.2.30 25', nothingGoesOut),
  refused(
    privileged,
    'export tech-support scp <url>',
    'Send a support bundle',
    'export tech-support scp admin@192.0.2.30:/tmp',
    "the console connects to nothing else; 'show tech-support save' writes one",
  ),
  {
    ...refused(
      privileged,
      'shutdown',
      'Switch the appliance off',
      'shutdown',
      "nobody could switch it on again; stop Sallyport itself, or use 'reboot'",
    ),
    // Not to be what `sh` could mean.
    hidden: true,
  },
  refused(
    privileged,
    'default web-manager password',
    "Set admin's password back",
    'default web-manager password',
    "a password that everybody knows is no password; use 'cli password' in configuration mode",
  ),
  refused(
    ['configuration'],
    'manager key <key>',
    'Set the key that other appliances join with',
    'manager key Anchor-12',
    'no other appliance joins this one by a key',
  ),
  refused(
    privileged,
    'debug packet (capture | display) interface <name>',
    'Capture or show packets',
    'debug packet display interface mgmt',
    noPackets,
  ),
  refused(
    privileged,
    'no debug packet (capture | display) interface <name>',
    'Stop capturing packets',
    'no debug packet capture interface mgmt',
    noPackets,
  ),
  refused(privileged, 'debug copy scp <url> <file>', 'Send captured packets', 'debug copy scp x y', noPackets),
  refused(privileged, 'debug remove <file>', 'Remove captured packets', 'debug remove x', noPackets),
  refused(privileged, 'debug show files', 'Show what packets were captured', 'debug show files', noPackets),
]
