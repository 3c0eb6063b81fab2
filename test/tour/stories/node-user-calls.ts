import type { Answer, Step, Story } from '../step.ts'

const jane = {
  username: 'jane',
  passwords: ['Guarded+Gate-41', 'Drawbridge+Up-52', 'Lifted+Latch-63', 'Bolted+Barn-74'],
} as const

const key = {
  label: 'jane@laptop',
  type: 'ssh-ed25519',
  value: 'AAAAC3NzaC1lZDI1NTE5AAAAIFqNwj84XgO5L/ieyxEm95EFhkWSjS7S1jBMVSi5iQWM',
}

/** Every call of both lists, in every scope that they give it. */
export const nodeUserCalls: Story = {
  title: '001 and 002: the calls of Node Users',
  *steps({ managerId, edgeId }) {
    for (const scope of ['/api/v1', `/api/v1/cluster/${managerId}`]) {
      yield* authPolicy(scope)
      yield* listing(scope)
      const userid = yield* creating(scope)
      yield* changing(scope, userid)
      yield* keys(scope, userid)
      yield* switching(scope, userid)
      yield* deleting(scope, userid)
    }
    const edge = `/api/v1/transport-nodes/${edgeId}`
    const guest = 10_003
    yield* authPolicy(edge)
    yield* listing(edge)
    yield* changing(edge, guest)
    yield* keys(edge, guest)
    yield* deleting(edge, guest)
  },
}

type Steps<Result = void> = Generator<Step, Result, Answer>

function* authPolicy(scope: string): Steps {
  const url = `${scope}/node/aaa/auth-policy`
  const defaults = { cli_max_auth_failures: 5, minimum_password_length: 12 }
  const change = { cli_max_auth_failures: 3, minimum_password_length: 14 }
  yield {
    says: 'Returns information about the currently configured authentication policies and password complexity on the node.',
    request: `GET ${url}`,
    expect: { has: { _self: { href: url.slice('/api/v1'.length) }, ...defaults } },
  }
  const update: Step = {
    says: 'Update the currently configured authentication policy and password complexity on the node.',
    request: `PUT ${url}`,
    body: change,
    expect: { status: 202, has: change },
  }
  yield update
  yield {
    says: 'reset-auth-policies: resets only configured Authentication policy',
    request: `POST ${url}?action=reset-auth-policies`,
    expect: { status: 202, has: { ...change, cli_max_auth_failures: defaults.cli_max_auth_failures } },
  }
  yield {
    says: 'reset-pwd-complexity: resets only configured Password complexity',
    request: `POST ${url}?action=reset-pwd-complexity`,
    expect: { status: 202, has: defaults },
  }
  yield update
  yield {
    says: 'reset-all: resets configured Authentication policy and Password complexity',
    request: `POST ${url}?action=reset-all`,
    expect: { status: 202, has: defaults },
  }
}

function* listing(scope: string): Steps {
  const url = `${scope}/node/users`
  const says = 'Returns the list of users configured to log in to the NSX appliance.'
  const results = [
    { userid: 0, username: 'root' },
    { userid: 10_000, username: 'admin' },
    { userid: 10_002, username: 'audit' },
  ]
  yield { says, request: `GET ${url}`, expect: { has: { results } } }
  yield {
    says,
    request: `GET ${url}?internal=true`,
    expect: { has: { results: [...results, { username: 'nobody' }] } },
  }
}

/** @returns the userid of jane. */
function* creating(scope: string): Steps<number> {
  const url = `${scope}/node/users`
  const { username, passwords } = jane
  const { json } = yield {
    says: 'Create new user account to log in to the NSX web-based user interface or access API.',
    request: `POST ${url}?action=create_user`,
    body: { username, full_name: 'Jane Doe', password: passwords[0] },
    expect: { status: 201, has: { username, full_name: 'Jane Doe', status: 'ACTIVE' } },
  }
  yield {
    says: 'Enables a user to reset their own password.',
    request: `POST ${url}?action=reset_own_password`,
    body: { old_password: passwords[0], password: passwords[1] },
    as: [username, passwords[0]],
    expect: { text: '' },
  }
  yield {
    says: 'local user audit is deletable on-demand.',
    request: `DELETE ${url}/10002`,
    expect: { text: '' },
  }
  yield {
    says: 'In case of local audit account when username not specified in request by default account will be created with audit username',
    request: `POST ${url}?action=create_audit_user`,
    body: {},
    expect: { status: 201, has: { userid: 10_002, username: 'audit', status: 'NOT_ACTIVATED' } },
  }
  return json.userid
}

function* changing(scope: string, userid: number): Steps {
  const url = `${scope}/node/users/${userid}`
  yield {
    says: 'Returns information about a specified user who is configured to log in to the NSX appliance.',
    request: `GET ${url}`,
    expect: { has: { userid, _self: { href: url.slice('/api/v1'.length) } } },
  }
  yield {
    says: 'Updates attributes of an existing NSX appliance user.',
    request: `PUT ${url}`,
    body: { full_name: 'Jane Roe' },
    expect: { has: { userid, full_name: 'Jane Roe' } },
  }
}

function* keys(scope: string, userid: number): Steps {
  const url = `${scope}/node/users/${userid}/ssh-keys`
  const says = 'Returns a list of all SSH keys from authorized_keys file for node user'
  yield {
    says: 'Add SSH public key to authorized_keys file for node user',
    request: `POST ${url}?action=add_ssh_key`,
    body: key,
    expect: { text: '' },
  }
  yield { says, request: `GET ${url}`, expect: { has: { result_count: 1, results: [key] } } }
  yield {
    says: 'Remove SSH public key from authorized_keys file for node user',
    request: `POST ${url}?action=remove_ssh_key`,
    body: { label: key.label },
    expect: { text: '' },
  }
  yield { says, request: `GET ${url}`, expect: { has: { result_count: 0 } } }
}

function* switching(scope: string, userid: number): Steps {
  const url = `${scope}/node/users/${userid}`
  yield {
    says: 'When an account is successfully deactivated, the "status" field in the response is "NOT_ACTIVATED".',
    request: `POST ${url}?action=deactivate`,
    expect: { has: { status: 'NOT_ACTIVATED' } },
  }
  yield {
    says: 'When an account is successfully activated, the "status" field in the response is "ACTIVE".',
    request: `POST ${url}?action=activate`,
    body: { password: jane.passwords[2] },
    expect: { has: { status: 'ACTIVE' } },
  }
  yield {
    says: 'this API does not require that the current password for the user be provided.',
    request: `POST ${url}?action=reset_password`,
    body: { password: jane.passwords[3] },
    expect: { text: '' },
  }
}

function* deleting(scope: string, userid: number): Steps {
  const url = `${scope}/node/users/${userid}`
  yield {
    says: 'Delete specified user who is configured to log in to the NSX appliance.',
    request: `DELETE ${url}`,
    expect: { text: '' },
  }
  yield {
    says: 'The valid user IDs are: 0, 10000, 10002 or other users managed by administrators.',
    request: `GET ${url}`,
    expect: { status: 404 },
  }
}
