import type { Command } from 'commander'
import type { SsoConnection } from './sso-client.ts'
import { addSsoCommand } from './sso-command.ts'
import { addSourceCommands } from './sso-source.ts'

const newPasswordFile = [
  '--new-password-file <FILE>',
  'holds the password to set (environment: SALLYPORT_SSO_NEW_PASSWORD)',
] as const

const add = addSsoCommand<Flags>

/** `sallyport sso …`, which asks a running server over its API. */
export function addSsoCommands(program: Command): void {
  const sso = program
    .command('sso')
    .description('manage the users, groups and identity sources of vCenter on a running server')
    .addHelpText(
      'after',
      `
Examples:
  export SALLYPORT_CA=data/tls/ca.pem SALLYPORT_SSO_PASSWORD='...'
  sallyport sso user list
  SALLYPORT_SSO_NEW_PASSWORD='...' sallyport sso user create robot --description 'nightly build'
  sallyport sso group create builders
  sallyport sso group add-member builders robot
  sallyport sso group add-member builders --group all-ops@corp.example
  sallyport sso user reset-password robot --new-password-file robot.txt
  sallyport sso source test corp
  sallyport sso user delete robot`,
    )
  addUserCommands(sso.command('user').description('users of vsphere.local'))
  addGroupCommands(sso.command('group').description('groups of vsphere.local and their members'))
  addSourceCommands(sso.command('source').description('LDAP directories whose users sign in to vCenter'))
  addPolicyCommands(sso.command('policy').description('what passwords must be like, and when accounts are locked'))
}

function addUserCommands(user: Command): void {
  add(user, 'list', 'list the users', () => ({ method: 'GET', path: ['users'] }))
  add(user, 'show <NAME>', 'show a user and its groups', (name) => ({ method: 'GET', path: ['users', name] }))

  addTexts(
    add(
      user,
      'create <NAME>',
      'make a user',
      (name, flags) => ({
        method: 'POST',
        path: ['users'],
        body: { name, ...texts(flags), ...(flags.mustChange ? { password_must_change: true } : {}) },
        newPassword: true,
      }),
      `
Example:
  SALLYPORT_SSO_NEW_PASSWORD='...' sallyport sso user create robot --description 'nightly build'`,
    ),
  )
    .option(...newPasswordFile)
    .option('--must-change', 'the password opens nothing until the user has changed it')

  addTexts(
    add(user, 'update <NAME>', 'change what is given and leave the rest', (name, flags) => ({
      method: 'PATCH',
      path: ['users', name],
      body: texts(flags),
    })),
  )
  add(user, 'disable <NAME>', 'keep a user out, and end its sessions', (name) => ({
    method: 'PATCH',
    path: ['users', name],
    body: { disabled: true },
  }))
  add(user, 'enable <NAME>', 'let a user in again', (name) => ({
    method: 'PATCH',
    path: ['users', name],
    body: { disabled: false },
  }))
  add(user, 'unlock <NAME>', 'forget the failed sign-ins of a user', (name) => ({
    method: 'POST',
    path: ['users', name, 'unlock'],
  }))
  add(user, 'delete <NAME>', 'remove a user', (name) => ({ method: 'DELETE', path: ['users', name] }))

  add(
    user,
    'reset-password <NAME>',
    "set another user's password",
    (name, flags) => ({
      method: 'POST',
      path: ['users', name, 'reset-password'],
      body: flags.mustChange ? { password_must_change: true } : {},
      newPassword: true,
    }),
    `
Example:
  sallyport sso user reset-password robot --new-password-file robot.txt`,
  )
    .option(...newPasswordFile)
    .option('--must-change', 'the password opens nothing until the user has changed it')

  add(
    user,
    'change-password',
    'change the password of --user',
    () => ({ method: 'POST', path: ['change-password'], body: {}, oldPassword: true, newPassword: true }),
    `
Example:
  SALLYPORT_SSO_PASSWORD='...' SALLYPORT_SSO_NEW_PASSWORD='...' sallyport sso user change-password --user robot`,
  ).option(...newPasswordFile)
}

function addGroupCommands(group: Command): void {
  add(group, 'list', 'list the groups', () => ({ method: 'GET', path: ['groups'] }))
  add(group, 'show <NAME>', 'show a group and its members', (name) => ({ method: 'GET', path: ['groups', name] }))
  add(group, 'create <NAME>', 'make a group that nobody is in', (name, flags) => ({
    method: 'POST',
    path: ['groups'],
    body: { name, ...texts(flags) },
  })).option('--description <TEXT>')
  add(group, 'update <NAME>', 'change the description of a group', (name, flags) => ({
    method: 'PATCH',
    path: ['groups', name],
    body: texts(flags),
  })).requiredOption('--description <TEXT>')
  add(group, 'delete <NAME>', 'remove a group', (name) => ({ method: 'DELETE', path: ['groups', name] }))

  const examples = (command: string) => `
A member is a name of vsphere.local, or name@domain of a directory's.

Examples:
  sallyport sso group ${command} builders robot
  sallyport sso group ${command} builders --group all-ops@corp.example`
  add(
    group,
    'add-member <GROUP> <MEMBER>',
    'put a user, or with --group a group, into a group',
    (name, flags, member) => ({
      method: 'POST',
      path: ['groups', name, 'members'],
      body: { type: flags.group ? 'group' : 'user', ...principal(member) },
    }),
    examples('add-member'),
  ).option('--group', 'the member is a group')
  add(
    group,
    'remove-member <GROUP> <MEMBER>',
    'take a user, or with --group a group, out of a group',
    (name, flags, member) => {
      const { name: who, domain } = principal(member)
      return { method: 'DELETE', path: ['groups', name, 'members', flags.group ? 'group' : 'user', `${who}@${domain}`] }
    },
    examples('remove-member'),
  ).option('--group', 'the member is a group')
}

function addPolicyCommands(policy: Command): void {
  add(policy, 'show', 'show the policy', () => ({ method: 'GET', path: ['policy'] }))
  add(
    policy,
    'set <NAME> <VALUE>',
    'change one number of the policy',
    (name, _flags, value) => ({ method: 'PATCH', path: ['policy'], body: { [name]: Number(value) } }),
    `
Example:
  sallyport sso policy set maximum_length 64`,
  )
}

const textOptions = [
  ['firstName', '--first-name <TEXT>', 'first_name'],
  ['lastName', '--last-name <TEXT>', 'last_name'],
  ['email', '--email <ADDRESS>', 'email'],
  ['description', '--description <TEXT>', 'description'],
] as const

function addTexts(command: Command): Command {
  return textOptions.reduce((all, [, usage]) => all.option(usage), command)
}

type Flags = SsoConnection & { mustChange?: true } & Partial<Record<(typeof textOptions)[number][0] | 'group', string>>

function texts(flags: Flags): Record<string, string> {
  const given = textOptions.map(([key, , wire]) => [wire, flags[key]] as const)
  return Object.fromEntries(given.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined))
}

function principal(text: string): { name: string; domain: string } {
  const at = text.lastIndexOf('@')
  return at < 0 ? { name: text, domain: 'vsphere.local' } : { name: text.slice(0, at), domain: text.slice(at + 1) }
}
