import { ConsoleError } from '../../console/command.ts'
import { type NsxvCommand, type NsxvMode, privileged, viewing } from '../session.ts'
import { inferred } from '../texts.ts'

/** A command of the product's that says that it is not built. */
function notBuilt(modes: readonly NsxvMode[], syntax: string, summary: string): NsxvCommand {
  const command = syntax.replace(/ ?[[(<].*$/, '')
  return {
    syntax,
    modes,
    summary,
    arguments: { host: { help: 'Host name or IP address', shown: 'WORD' }, port: { help: 'Port', shown: 'PORT' } },
    example: syntax
      .replace(/ ?\[.*?\]/g, '')
      .replace(/\(([^|)]*?) ?\|.*?\)/g, '$1')
      .replace(/<.*?>/g, 'x'),
    notBuilt: true,
    run: () => {
      throw new ConsoleError(inferred.notBuilt(command))
    },
  }
}

/** @see nsxv-api.md 5.4, the table of other commands */
export const notBuiltCommands: readonly NsxvCommand[] = [
  notBuilt(viewing, 'ping <host>', 'Ask a host for an echo'),
  notBuilt(viewing, 'traceroute <host>', 'Show the way to a host'),
  notBuilt(['basic'], 'ssh <host>', 'Connect to a host'),
  notBuilt(viewing, 'telnet <host> [<port>]', 'Connect to a host'),
  notBuilt(viewing, 'show arp', 'Show the ARP table'),
  notBuilt(privileged, 'show ethernet', 'Show the Ethernet cards'),
  notBuilt(privileged, 'show hardware', 'Show the hardware'),
  notBuilt(privileged, 'show filesystems', 'Show the file systems'),
  notBuilt(privileged, 'show process (list | monitor)', 'Show the processes'),
  notBuilt(privileged, 'show services', 'Show the services'),
  notBuilt(privileged, 'show slots', 'Show the boot slots'),
  notBuilt(privileged, 'show stacktrace', 'Show the stack traces'),
  notBuilt(privileged, 'show tech-support [save]', 'Collect a support bundle'),
  notBuilt(privileged, 'export tech-support scp <url>', 'Send a support bundle'),
  notBuilt(privileged, 'set clock <time> <month> <day> <year>', 'Set the time'),
  notBuilt(privileged, 'setup', 'Configure the appliance for the first time'),
  // Not to be what `sh` could mean.
  { ...notBuilt(privileged, 'shutdown', 'Switch the appliance off'), hidden: true },
  notBuilt(privileged, 'write erase', 'Erase the saved configuration'),
  notBuilt(privileged, 'database erase', 'Erase the database'),
  notBuilt(privileged, 'default web-manager password', "Set the web interface's password back"),
  notBuilt(['configuration'], 'manager key <key>', 'Set the shared key of the manager'),
]
