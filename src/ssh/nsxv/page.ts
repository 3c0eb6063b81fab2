import { type ConsolePage, consolePage } from '../console/docs.ts'
import { nsxvCommands } from './commands.ts'
import type { NsxvCommand, NsxvMode } from './session.ts'

const introduction = `The console of NSX Manager for vSphere, where API-only accounts begin:

\`\`\`console
$ ssh -p 2226 admin@127.0.0.1
nsxmgr> enable
Password:
nsxmgr# configure terminal
nsxmgr(config)# user api password plaintext Password123
nsxmgr(config)# user api privilege web-interface
nsxmgr(config)# write memory
Building Configuration...
Configuration saved.
[OK]
\`\`\`

In the lab both passwords are \`Sallyport!Lab-2026\`. Words can be shortened as long as only one is meant (\`conf t\`,
\`wr m\`); \`?\` shows what may come next, Tab completes, \`list\` prints all commands of the mode. Every command is an
audit record; passwords are masked in it.

Where the product's error does not say what is wrong, one line follows that does; \`--console-explanations off\` leaves
it out:

\`\`\`console
nsxmgr(config)# user Api password plaintext Password123
Failed to add user. Note: You cannot use this command to change the passwd of an existing user.
ERROR: could not add user:Api
Sallyport: The user name Api has a capital letter; the names of CLI users are in lower case
\`\`\`

A reboot of the appliance goes back to what was saved: users, privileges, passwords and settings that are newer are
gone. Roles, which the API gives, are kept elsewhere. When Sallyport itself stops and starts, nothing is lost.`

const modes: Record<NsxvMode, string> = {
  basic: 'basic',
  privileged: 'privileged',
  configuration: 'configuration',
  interface: 'interface configuration',
}

const page: ConsolePage<NsxvCommand> = {
  title: 'The console of NSX Manager for vSphere',
  introduction,
  commands: nsxvCommands,
  remarks: (command) => [
    `In ${command.modes.map((mode) => modes[mode]).join(', ')} mode`,
    ...(command.refused ? [`Not carried out: ${command.refused}`] : []),
  ],
}

/** `docs/consoles/nsxv.md` */
export const nsxvPage = (): string => consolePage(page)
