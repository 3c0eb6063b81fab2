import { labPassword } from '../../../src/lab.ts'
import type { Story } from '../step.ts'

const segments = {
  results: [
    {
      type: 'ROUTED',
      subnets: [{ gateway_address: '192.168.10.1/24', network: '192.168.10.0/24' }],
      connectivity_path: '/infra/tier-1s/test_t1',
      transport_zone_path:
        '/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1-443e-a0f6-4de01abc963e',
      advanced_config: {
        address_pool_paths: [],
        hybrid: false,
        multicast: true,
        inter_router: false,
        local_egress: false,
        urpf_mode: 'STRICT',
        connectivity: 'ON',
      },
      admin_state: 'UP',
      replication_mode: 'MTEP',
      resource_type: 'Segment',
      id: 'seg1',
      display_name: 'seg1',
      path: '/infra/segments/seg1',
      relative_path: 'seg1',
      parent_path: '/infra',
      unique_id: '6573d2c9-f4f9-4b37-b410-71bded8857c3',
      marked_for_delete: false,
      overridden: false,
      _create_user: 'admin',
      _create_time: 1633331197569,
      _last_modified_user: 'admin',
      _last_modified_time: 1633331252660,
      _system_owned: false,
      _protection: 'NOT_PROTECTED',
      _revision: 1,
    },
  ],
  result_count: 1,
  sort_by: 'display_name',
  sort_ascending: true,
}

const badCredentials = {
  module_name: 'common-services',
  error_message: 'The credentials were incorrect or the account specified has been locked.',
  error_code: 403,
}

/** What grep finds of an answer's headers, which end in a carriage return. */
const tokenLine = /^< x-xsrf-token: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\r\n$/

/** The document's lines through the real curl. Step 4 has none. */
export const sessions: Story = {
  title: '003: session-based authentication',
  *steps({ managers }) {
    /** A printed line with a manager, a password and a token of one's own. */
    function own(line: string, token = '', manager = managers.a): string {
      return line
        .replace(/<manager-ip>|<nsx-manager>|10\.182\.183\.135/, new URL(manager.url).host)
        .replace('SecretPwsd3c4d', labPassword)
        .replace('5a764b19-5ad2-4727-974d-510acbc171c8', token)
    }
    // The text says that the line writes headers.txt, and leaves out the option that does.
    const create = own(
      `curl -v -k -c session.txt -X POST -d 'j_username=admin@mywork.com&j_password=SecretPwsd3c4d' https://<manager-ip>/api/session/create 2>&1 > /dev/null | grep -i xsrf`,
    ).replace('-c', '-D headers.txt -c')

    const created = yield {
      says: '1. To create a new session cookie that authenticates to the NSX Manager and retrieves xsrf from header enter',
      line: create,
      expect: { text: tokenLine },
    }
    const token = tokenLine.exec(created.text)?.[1]
    yield {
      says: 'You can also use the standard unicode/URI encoding for the @ in the username.',
      line: create.replace('@', '%40').replaceAll(/session.txt|headers.txt/g, '/dev/null'),
      expect: { text: tokenLine },
    }
    yield {
      says: 'An example of the session contents follows',
      line: 'cat session.txt',
      expect: {
        text: /^# Netscape HTTP Cookie File\n.*\n#HttpOnly_127\.0\.0\.1\tFALSE\t\/\tTRUE\t0\tJSESSIONID\t[0-9A-F]{32}\n$/s,
      },
    }

    const two =
      '2. If you need to create two sessions, change the name of the session.txt files so that both sessions are valid.'
    const list = `curl -k -b session.txt -H "x-xsrf-token: 5a764b19-5ad2-4727-974d-510acbc171c8" https://10.182.183.135/policy/api/v1/infra/segments`
    const tokens = new Map<string, string | undefined>()
    for (const file of ['session1.txt', 'session2.txt']) {
      const { text } = yield {
        says: two,
        line: own(
          `curl -v -k -c ${file} -X POST -d 'j_username= admin@mywork.com&j_password=SecretPwsd3c4d' https://<manager-ip>/api/session/create 2>&1 > /dev/null | grep -i xsrf`,
        ),
        expect: { text: tokenLine },
      }
      tokens.set(file, tokenLine.exec(text)?.[1])
    }
    for (const [file, token] of tokens) {
      yield { says: two, line: own(list, token).replace('session.txt', file), expect: { json: segments } }
    }

    yield {
      says: '3. For subsequent calls, use the session cookie and xsrf header from the previous step.',
      line: own(list, token),
      expect: { json: segments },
    }
    yield {
      says: 'If you use the same session cookie with another node in the cluster, the command fails with the error message',
      line: own(list, token, managers.b),
      expect: { json: badCredentials },
    }

    // The session file of step 1 is called cookies.txt from here on.
    yield {
      says: '5. To delete a session cookie, use the /api/session/destroy API command.',
      line: own(
        'cp session.txt cookies.txt; curl -k -b cookies.txt -H "`grep x-xsrf-token headers.txt`" -X POST https://<nsx-manager>/api/session/destroy',
      ),
      expect: { text: '' },
    }
    yield {
      says: 'the session cookie is immediately eliminated from the reverse-proxy of the NSX Manager and cannot be reused.',
      line: own(list, token),
      expect: { json: badCredentials },
    }
    yield {
      says: '1. To create a new session cookie that authenticates to the NSX Manager and retrieves xsrf from header enter',
      line: create.replace('session.txt', 'cookies.txt'),
      expect: { text: tokenLine },
    }
    yield {
      says: 'For example:',
      line: 'curl -k -b cookies.txt -H "`grep x-xsrf-token headers.txt`" https://$TESTHOST/api/session/destroy',
      expect: { text: '' },
    }
    yield {
      says: 'Response:',
      line: 'curl -k -b cookies.txt -H "`grep x-xsrf-token headers.txt`" https://$TESTHOST/api/v1/logical-ports',
      expect: { json: badCredentials },
    }
  },
}
