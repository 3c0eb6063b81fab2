import { type Command, Option } from 'commander'
import { flagOf, settings, variableOf } from '../config.ts'

/** Every setting as a flag; what is not given is read from the environment, then from the config file. */
export function addSettings(command: Command): Command {
  command.addOption(new Option('--config <FILE>', 'settings as YAML or JSON (environment: SALLYPORT_CONFIG)'))
  for (const { key, argument, description } of settings) {
    command.addOption(new Option(`--${flagOf(key)} <${argument}>`, `${description} (environment: ${variableOf(key)})`))
  }
  return command
}
