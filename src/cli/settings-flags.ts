import { type Command, Option } from 'commander'
import { flagOf, settings, variableOf } from '../config.ts'

/** Every setting as a flag; what is not given is read from the environment, then from the config file. */
export function addSettings(command: Command): Command {
  command.addOption(
    new Option('--config <FILE>', 'settings as YAML or JSON (environment: SALLYPORT_CONFIG)').helpGroup('Where from:'),
  )
  for (const { key, argument, description, list } of settings) {
    const option = new Option(`--${flagOf(key)} <${argument}>`, `${description} (environment: ${variableOf(key)})`)
    if (list) option.argParser((value, before: string[] = []) => [...before, value])
    command.addOption(option.helpGroup(groupOf(key)))
  }
  return command
}

/** Headings of `serve --help`; a setting stands under the first that its key matches. */
const groups: readonly [keys: RegExp, heading: string][] = [
  [/^(dataDir|databaseUrl|audit|logLevel)/, 'Where it is kept:'],
  [/^(host|httpsPort|sshPort|tls|clientCertificates)/, 'Where it listens:'],
  [/^(adminPassword|nodeName|nsxvName|vsphere)/, 'What the first start makes:'],
  [/^/, 'How it behaves:'],
]

const groupOf = (key: string): string => groups.find(([keys]) => keys.test(key))?.[1] ?? ''
