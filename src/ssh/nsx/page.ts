import { type ConsolePage, consolePage } from '../console/docs.ts'
import { nsxCommands } from './commands.ts'
import type { NsxCommand } from './session.ts'

const introduction = `nsxcli is the console of NSX managers and edges:

\`\`\`console
$ ssh -p 2222 admin@127.0.0.1
NSX CLI (Manager, Policy, Controller 9.0.0.0.0). Press ? for command list or enter: help
nsxmgr-a> get auth-policy cli max-auth-failures
Tue Jun 07 2022 UTC 06:33:29.963
5
\`\`\`

\`ssh -p 2222 admin@127.0.0.1 get service http\` runs one command and exits with its status, and so does a pipe, a line
a command. Words can be shortened as long as only one is meant; \`?\` shows what may come next, Tab completes. Every
answer of a \`get\` begins with the time; most \`set\` commands print nothing.

Behind a command, \`| find TEXT\` shows only the lines that have the text, \`| count\` says how many there are, and
\`| more\` shows a page at a time; several follow one another: \`get log-file syslog | find LOGIN | count\`.

Commands change what the API changes, at once and with the same rules: a user made here is a user there. Each command
is an audit record; passwords are masked in it.`

const page: ConsolePage<NsxCommand> = {
  title: 'nsxcli',
  introduction,
  commands: nsxCommands,
  remarks: ({ requires, on }) => [
    requires === 'sign-in' ? 'Every local user may' : `Needs \`${requires.permission}\` on \`${requires.feature}\``,
    ...(on === 'manager' ? ['Managers only'] : []),
  ],
}

/** `docs/consoles/nsxcli.md` */
export const nsxcliPage = (): string => consolePage(page)
