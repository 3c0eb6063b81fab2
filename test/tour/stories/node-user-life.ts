import type { Story } from '../step.ts'

const users = '/api/v1/node/users'
const policy = '/api/v1/node/aaa/auth-policy'

const [first, second, third] = ['Guarded+Gate-41', 'Drawbridge+Up-52', 'Lifted+Latch-63']
const kim = (password: string) => ['kim', password] as const

/** What becomes of a user, and what the text rules out on the way. */
export const nodeUserLife: Story = {
  title: '001: the life of a user',
  *steps() {
    for (const username of ['root', 'admin', 'audit']) {
      yield {
        says: 'root, admin, audit are reserved and can not be used to create new user account',
        request: `POST ${users}?action=create_user`,
        body: { username },
        expect: { status: 400, text: /reserved/ },
      }
    }
    yield {
      says: 'username is required field in case of creating new user',
      request: `POST ${users}?action=create_user`,
      body: { full_name: 'Nobody yet' },
      expect: { status: 400, text: /username/ },
    }
    const { json } = yield {
      says: 'Create new user account to log in to the NSX web-based user interface or access API.',
      request: `POST ${users}?action=create_user`,
      body: { username: 'kim' },
      expect: { status: 201, has: { username: 'kim', status: 'NOT_ACTIVATED' } },
    }
    const user = `${users}/${json.userid}`

    yield {
      says: 'A deactivated account has to be explicitly activated.',
      request: `GET ${user}`,
      as: kim(first),
      expect: { status: 403 },
    }
    yield {
      says: 'complexity requirements: - minimum 12 characters in length',
      request: `POST ${user}?action=activate`,
      body: { password: first.slice(4) },
      expect: { status: 400, text: /password/i },
    }
    yield {
      says: 'When an account is successfully activated, the "status" field in the response is "ACTIVE".',
      request: `POST ${user}?action=activate`,
      body: { password: first },
      expect: { has: { status: 'ACTIVE' } },
    }
    yield {
      says: 'Create new user account to log in to the NSX web-based user interface or access API.',
      request: `GET ${user}`,
      as: kim(first),
      expect: { has: { username: 'kim' } },
    }

    yield {
      says: 'the configured password complexity may vary as per defined Authentication and Password policies',
      request: `PUT ${policy}`,
      body: { minimum_password_length: 20 },
      expect: { status: 202, has: { minimum_password_length: 20 } },
    }
    yield {
      says: 'All values from AuthenticationPolicyProperties are in sync among the management cluster nodes.',
      request: `GET ${policy}`,
      to: 'b',
      expect: { has: { minimum_password_length: 20 } },
    }
    yield {
      says: 'change in any password complexity will not be applicable on already configured user passwords',
      request: `GET ${user}`,
      as: kim(first),
      expect: { has: { status: 'ACTIVE' } },
    }
    yield {
      says: 'Administrators need to enforce password change for existing user accounts in order to match newly configured complexity requirements',
      request: `POST ${users}?action=reset_own_password`,
      body: { old_password: first, password: second },
      as: kim(first),
      expect: { status: 400, text: /password/i },
    }
    yield {
      says: 'reset-pwd-complexity: resets only configured Password complexity',
      request: `POST ${policy}?action=reset-pwd-complexity`,
      expect: { status: 202, has: { minimum_password_length: 12 } },
    }

    yield {
      says: "Reset a user's own password. Requires current password",
      request: `POST ${users}?action=reset_own_password`,
      body: { old_password: third, password: second },
      as: kim(first),
      expect: { status: 400 },
    }
    yield {
      says: 'Enables a user to reset their own password.',
      request: `POST ${users}?action=reset_own_password`,
      body: { old_password: first, password: second },
      as: kim(first),
      expect: { text: '' },
    }
    yield {
      says: 'Enables a user to reset their own password.',
      request: `GET ${user}`,
      as: kim(first),
      expect: { status: 403 },
    }
    yield {
      says: 'If you specify a password in a PUT request, it is not returned in the response.',
      request: `PUT ${user}`,
      body: { old_password: second, password: third },
      expect: { text: /^((?!"(old_)?password":).)*$/s },
    }
    yield {
      says: 'Nor is it returned in a GET request.',
      request: `GET ${user}`,
      as: kim(third),
      expect: { text: /^((?!"(old_)?password":).)*$/s },
    }
    yield {
      says: 'Modifiable attributes include the username, full name of the user, and password.',
      request: `PUT ${user}`,
      body: { username: 'kimberly', full_name: 'Kimberly Poe' },
      expect: { has: { userid: json.userid, username: 'kimberly', full_name: 'Kimberly Poe' } },
    }
    yield {
      says: 'This method cannot be used to add a new user.',
      request: `PUT ${users}/10999`,
      body: { username: 'lee' },
      expect: { status: 404 },
    }

    yield {
      says: 'When an account is successfully deactivated, the "status" field in the response is "NOT_ACTIVATED".',
      request: `POST ${user}?action=deactivate`,
      expect: { has: { status: 'NOT_ACTIVATED' } },
    }
    yield {
      says: 'Deactivating an account is permanent, unlike an account that is temporarily locked because of too many password failures.',
      request: `GET ${user}`,
      as: ['kimberly', third],
      expect: { status: 403 },
    }
    yield {
      says: 'The account of the target user must be "ACTIVE" for the call to succeed.',
      request: `POST ${user}?action=reset_password`,
      body: { password: first },
      expect: { status: 400 },
    }
    yield {
      says: 'A deactivated account has to be explicitly activated.',
      request: `POST ${user}?action=activate`,
      body: { password: first },
      expect: { has: { status: 'ACTIVE' } },
    }
    yield {
      says: 'Delete specified user who is configured to log in to the NSX appliance.',
      request: `DELETE ${user}`,
      expect: { text: '' },
    }
    yield {
      says: 'Delete specified user who is configured to log in to the NSX appliance.',
      request: `GET ${user}`,
      as: ['kimberly', first],
      expect: { status: 403 },
    }

    for (const userid of [0, 10_000]) {
      for (const action of ['activate', 'deactivate', 'reset_password']) {
        yield {
          says: 'This API is not supported for userid 0 and userid 10000.',
          request: `POST ${users}/${userid}?action=${action}`,
          body: action === 'deactivate' ? undefined : { password: first },
          expect: { status: 400, text: /not supported/ },
        }
      }
      yield {
        says: 'local users root and administrator are not allowed to be deleted',
        request: `DELETE ${users}/${userid}`,
        expect: { status: 400, text: /not supported/ },
      }
    }
    yield {
      says: 'local user audit is deletable on-demand.',
      request: `DELETE ${users}/10002`,
      expect: { text: '' },
    }
    yield {
      says: 'administrators are allowed to use any other non-duplicate usernames during creation.',
      request: `POST ${users}?action=create_audit_user`,
      body: { username: 'inspector', password: first },
      expect: { status: 201, has: { username: 'inspector', status: 'ACTIVE' } },
    }

    yield {
      says: 'Update the currently configured authentication policy and password complexity on the node.',
      request: `PUT ${policy}`,
      body: { api_max_auth_failures: 1 },
      expect: { status: 202, has: { api_max_auth_failures: 1 } },
    }
    for (const password of [second, first]) {
      yield {
        says: 'an account that is temporarily locked because of too many password failures',
        request: `GET ${users}/10002`,
        as: ['inspector', password],
        expect: { status: 403 },
      }
    }
    yield {
      says: 'Deactivating an account is permanent, unlike an account that is temporarily locked',
      request: `GET ${users}/10002`,
      expect: { has: { status: 'ACTIVE' } },
    }
    yield {
      says: 'reset-auth-policies: resets only configured Authentication policy',
      request: `POST ${policy}?action=reset-auth-policies`,
      expect: { status: 202, has: { api_max_auth_failures: 5 } },
    }
  },
}
