/**
 * Guesses about nsxcli that no source confirms: one edit corrects them. Outputs with a source are in the commands.
 */
export const inferred = {
  greeting: (kind: string, version: string, motd: string) => [
    ...(motd === '' ? [] : motd.trimEnd().split(/\r?\n/)),
    kind === 'edge'
      ? `NSX CLI (Edge ${version}). Press ? for command list or enter: help`
      : `NSX CLI (Manager, Policy, Controller ${version}). Press ? for command list or enter: help`,
  ],
  unknown: (line: string, alternatives: readonly string[]) =>
    [
      `% Command not found: ${line}`,
      ...(alternatives.length > 0
        ? ['', '  Possible alternatives:', ...alternatives.map((word) => `    ${word}`)]
        : []),
    ].join('\n'),
  ambiguous: (line: string, candidates: readonly string[]) =>
    [`% Ambiguous command: ${line}`, '', '  Possible alternatives:', ...candidates.map((word) => `    ${word}`)].join(
      '\n',
    ),
  incomplete: (line: string) => `% Command not complete: ${line}`,
  invalid: (argument: string, value: string, why: string) =>
    `% Invalid value for argument <${argument}>: ${value} is ${why}`,
  forbidden: '% Permission denied: User is not authorized to perform this operation',
  noHelp: '% No help is available here',
  error: (message: string) => `% ${message}`,
  neverExpires: 'Password expiration not configured for this user',
  expired: (days: number) => ` Current password expired ${days} days ago`,
  noWarning: 'User will receive no warning messages before password expires.',
  passwordsDiffer: '% Passwords do not match',
  sshKey: ({ label, type, value }: { label: string; type: string; value: string }) => [
    `Label: ${label}`,
    `Type: ${type}`,
    `Value: ${value}`,
  ],
  unset: '(not configured)',
  /** Lines that `follow` begins with. */
  followBegins: 10,
  /** What `set password-complexity` asks for. */
  keep: (what: string) => `${what} (leave empty to not change): `,
  rootHasNoConsole: [
    'User root has a shell on an appliance and no NSX CLI. There is no shell here:',
    'sign in as admin, or as another local user.',
  ],
  mustChange: ['WARNING: Your password has expired.', 'You must change your password now and login again!'],
  mustChangeInTerminal: 'Password change required but no TTY available.',
  changed: 'passwd: password updated successfully',
} as const
