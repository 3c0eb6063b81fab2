import { labPassword } from '../../../src/lab.ts'
import type { Story } from '../step.ts'

const role = '/api/2.0/services/usermgmt/role/api'
const users = '/api/2.0/services/usermgmt/users/vsm'
const json = 'application/json'
const api = ['api', 'Password123'] as const

const assignment = (name: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><accessControlEntry><role>${name}</role><resource><resourceId>globalroot-0</resourceId></resource></accessControlEntry>`

/** The document's console through the OpenSSH client at a terminal, its API calls as it has them, and what readers added. */
export const nsxvApiUser: Story = {
  title: '000: how to create an NSX-v API only user account',
  *steps() {
    const console =
      'The first step in creating an new API only user account is to SSH to the NSX Manager, switch to enable mode and enter the configuration terminal.'
    yield { says: console, types: 'enable', expect: { text: '' } }
    yield { says: console, types: labPassword, secret: true, expect: { text: '' } }
    yield { says: console, types: 'configure terminal', expect: { text: '' } }
    yield {
      says: 'So for this example we will create a user account called api and set the password to be Password123:',
      types: 'user api password plaintext Password123',
      expect: { text: '' },
    }
    yield {
      says: 'If you try and create a user with a capital letter in the username, you will get the cryptic error as shown below:',
      types: 'user Api password plaintext Password123',
      expect: {
        text: /^Failed to add user\. Note: You cannot use this command to change the passwd of an existing user\.\nERROR: could not add user:Api\nSallyport: .* has a capital letter/,
      },
    }
    yield {
      says: 'Once you’ve created the CLI user, you need to assign it web-interface privileges',
      types: 'user api privilege web-interface',
      expect: { text: '' },
    }
    yield {
      says: 'Now save the configuration,',
      types: 'write memory',
      expect: { text: 'Building Configuration...\nConfiguration saved.\n[OK]\n' },
    }
    yield { says: 'and, if you are the curious type,', types: 'exit', expect: { text: '' } }
    for (const configuration of ['running-config', 'startup-config']) {
      yield {
        says: 'the running configuration (or the startup configuration for that matter) does not indicate if the user has web-interface privileges or not!',
        types: `show ${configuration}`,
        expect: { text: /^(?!.*web-interface)[\s\S]*!\nuser api\n!\n[\s\S]*\nweb-manager\n$/ },
      }
    }

    yield {
      says: 'we will get the error HTTP Status 403 – VC user does not have any role on NSX Manager.',
      request: 'GET /api/2.0/services/usermgmt/user/api',
      as: api,
      expect: { status: 403, text: /<h1>HTTP Status 403 - VC user does not have any role on NSX Manager\.<\/h1>/ },
    }
    yield {
      says: 'As you can see the user we created called api is not listed, and therefore has no role assigned.',
      request: `GET ${users}`,
      expect: { text: /^(?!.*<name>api<)/s },
    }

    // The screen of the web client makes the same call without isCli.
    yield {
      says: 'If you try to create the user from this screen […] the user will be created as a vCenter user',
      request: `POST ${role}`,
      xml: assignment('auditor'),
      expect: { status: 204, text: '' },
    }
    const added = /<name>api<.*?<isCli>(true|false)<\/isCli>/s
    yield {
      says: '(as indicated in the Origin column)',
      request: `GET ${users}`,
      expect: { text: /<name>api<.*?<isLocal>false<.*?<isCli>false</s },
    }
    yield {
      says: 'now it is a vCenter user. The problem, I believe, is […] it will throw an error.',
      request: `POST ${role}?isCli=true`,
      xml: assignment('auditor'),
      expect: { status: 400, text: /User already present\. api was added as a vCenter user; delete that user/ },
    }
    yield {
      says: 'you should delete that user through the UI, before you attempt to execute the POST',
      request: 'DELETE /api/2.0/services/usermgmt/user/api',
      expect: { status: 204, text: '' },
    }

    yield {
      says: 'If you don’t specify Content-Type, you’ll get an unsupported media type error',
      line: `curl -k -s -o /dev/null -w '%{http_code}' -u 'admin:${labPassword}' -H 'Content-Type:' -d '${assignment('auditor')}' "https://$TESTHOST${role}?isCli=true"`,
      expect: { text: '415' },
    }
    yield {
      says: 'And when submitted, if all goes well, we should get a response of HTTP 204 No Content.',
      request: `POST ${role}?isCli=true`,
      xml: assignment('auditor'),
      expect: { status: 204, text: '' },
    }
    yield {
      says: 'the newly created api user should be present.',
      request: `GET ${users}`,
      expect: { text: added },
    }
    yield {
      says: 'Now you should be able to use the new credentials when interacting with the NSX API.',
      request: 'GET /api/2.0/services/usermgmt/user/api',
      as: api,
      expect: { text: /<isCli>true<.*<accessControlEntry><role>auditor<\/role>/s },
    }

    yield {
      says: 'the roles applicable to CLI accounts in later versions has been drastically reduced to auditor, security_admin and super_user.',
      request: `PUT ${role}`,
      xml: assignment('vshield_admin'),
      expect: { status: 400, text: /one of auditor, security_admin, super_user</ },
    }
    yield {
      says: 'If you choose to change the role assigned to either auditor or security_admin, the response body will also include details of the resourceId (scope)',
      request: `PUT ${role}`,
      xml: assignment('security_admin'),
      expect: {
        text: /<accessControlEntry><role>security_admin<\/role><resource><objectId>globalroot-0<\/objectId><objectTypeName>GlobalRoot<.*<name>Global<\/name>.*<\/resource><\/accessControlEntry>$/,
      },
    }
    yield {
      says: 'Since our standard is always json, I also added an Accept header and set it to application/json so the response body is in json',
      request: `GET ${role}`,
      accept: json,
      expect: { has: { role: 'security_admin', resource: [{ objectId: 'globalroot-0' }] } },
    }

    yield {
      says: 'And now in the UI it is possible to differentiate what account was used for the API call',
      request: 'POST /api/2.0/services/auth/token',
      as: api,
      expect: { text: /<authToken><value>.+<\/value>/ },
    }
    yield {
      says: 'And this is also reflected in the audit logs when retrieved via the API too',
      request: 'GET /api/2.0/auditlog?sortOrderAscending=false&pageSize=2',
      accept: json,
      expect: {
        has: {
          dataPage: {
            data: [
              { userName: 'api', operation: 'CREATE', status: 'SUCCESS' },
              { userName: 'System', operation: 'LOGIN', resource: 'api', status: 'SUCCESS' },
            ],
          },
        },
      },
    }
  },
}
