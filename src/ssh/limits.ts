/** What one appliance's SSH server gives to clients. Times are in milliseconds. */
export const sshLimits = {
  /** Connections on which nobody has signed in yet; one more closes the oldest. */
  waiting: 100,
  /** Connections on which somebody has signed in: in all, from one address, and of one account. */
  open: 200,
  openOfSource: 60,
  openOfAccount: 20,
  /** Until the keys are exchanged. */
  handshake: 20_000,
  /** Until somebody has signed in, as OpenSSH's LoginGraceTime. */
  login: 120_000,
  /** Passwords and signatures that may be wrong, as OpenSSH's MaxAuthTries. */
  failures: 6,
  /** Requests to sign in of any kind, keys that are only offered among them. */
  requests: 40,
  /** Consoles of one connection, as OpenSSH's MaxSessions. */
  consoles: 10,
  /** How long a console may take to close when it is told to. */
  closing: 2000,
  /** How long a client may take to go once its consoles are closed. */
  parting: 300,
} as const

export type SshLimits = { [name in keyof typeof sshLimits]: number }
