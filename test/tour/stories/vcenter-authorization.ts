import type { Story } from '../step.ts'

const privileges = [
  'VirtualMachine.Interact.PowerOff',
  'VirtualMachine.Interact.PowerOn',
  'VirtualMachine.Interact.Pause',
  'VirtualMachine.Interact.Reset',
  'VirtualMachine.Interact.SetCDMedia',
  'VirtualMachine.Interact.Suspend',
  'VirtualMachine.Interact.SuspendToMemory',
  'VirtualMachine.Interact.ToolsInstall',
  'VirtualMachine.Inventory.Create',
  'VirtualMachine.Inventory.CreateFromExisting',
  'VirtualMachine.Inventory.Delete',
  'VirtualMachine.Inventory.Register',
  'VirtualMachine.Inventory.Unregister',
]

/** What every role holds besides what it was given. */
const system = ['System.Anonymous', 'System.Read', 'System.View']

const administrator = { username: 'administrator@vsphere.local', password: 'VMware123!' }
const json = "-H 'Content-Type: application/json'"
const status = "-w '\\n%{http_code}\\n'"

/** A session's id, as the answer gives it: a bare JSON string. */
const sessionId = /^"([0-9a-f]{32})"\n201\n$/

/** The document's REST walk, with the credentials in the body as it says, and what it gives to the one who was given it. */
export const vcenterAuthorization: Story = {
  title: '004: roles and permissions of vCenter over REST',
  *steps() {
    const call = (session: string, method: string, path: string, body?: unknown) =>
      `curl -s -k ${status} -X ${method} -H 'vmware-api-session-id: ${session}' ${
        body === undefined ? '' : `${json} -d '${JSON.stringify(body)}' `
      }'https://'$TESTHOST'/api/${path}'`

    const signedIn = yield {
      says: 'Use the API: POST /api/session. Provide your credentials in the body. Copy the token for subsequent requests.',
      line: `curl -s -k ${status} ${json} -d '${JSON.stringify(administrator)}' "https://$TESTHOST/api/session"`,
      expect: { text: sessionId },
    }
    const session = sessionId.exec(signedIn.text)?.[1] ?? ''
    const role = { description: 'Holodeck VM Admins', name: 'Holodeck-VM-Admins', privileges }
    const created = yield {
      says: 'Endpoint: POST /api/vcenter/authorization/roles',
      line: call(session, 'POST', 'vcenter/authorization/roles', role),
      expect: { text: /^"-?\d+"\n201\n$/ },
    }
    const roleId = JSON.parse(created.text.split('\n')[0] ?? '')
    yield {
      says: 'Roles: Create, update, delete, and list authorization roles',
      line: `curl -s -k -H 'vmware-api-session-id: ${session}' "https://$TESTHOST/api/vcenter/authorization/roles/${roleId}"`,
      expect: { json: { ...role, privileges: [...privileges, ...system].sort(), system: false } },
    }
    const permission = {
      object: { id: 'datacenter-3', type: 'datacenter' },
      principal: { name: 'holodeck-vmadmin', type: 'USER', domain: 'vsphere.local' },
      propagating: true,
      role: roleId,
    }
    const granted = yield {
      says: 'Endpoint: POST /api/vcenter/authorization/permissions',
      line: call(session, 'POST', 'vcenter/authorization/permissions', permission),
      expect: { text: /^"[\w-]+"\n201\n$/ },
    }
    const permissionId = JSON.parse(granted.text.split('\n')[0] ?? '')
    yield {
      says: 'A DynamicID consists of two fields: "type" and "id".',
      line: `curl -s -k -H 'vmware-api-session-id: ${session}' "https://$TESTHOST/api/vcenter/authorization/permissions/${permissionId}"`,
      expect: { json: { ...permission, object: { id: 'datacenter-3', type: 'Datacenter' } } },
    }
    yield {
      says: 'The "type" field can either be "ManagedEntity"—which applies broadly to all inventory objects …',
      line: call(session, 'POST', 'vcenter/authorization/permissions?action=list', {
        filter: { objects: [{ type: 'ManagedEntity', id: 'datacenter-3' }] },
      }),
      expect: { text: new RegExp(permissionId) },
    }
    yield {
      says: 'global permissions always use the same values: "type":"GlobalAcl" "id":"GlobalAcl"',
      line: call(session, 'POST', 'vcenter/authorization/permissions', {
        ...permission,
        principal: { name: 'holouser', type: 'USER', domain: 'vsphere.local' },
        object: { type: 'GlobalAcl', id: 'GlobalAcl' },
      }),
      expect: { text: /^"[\w-]+"\n201\n$/ },
    }

    const holder = yield {
      says: 'A Permission links a user (or group) to a role on a specific vSphere object: the holder signs in …',
      line: `curl -s -k ${status} -u 'holodeck-vmadmin@vsphere.local:VMware123!' -X POST "https://$TESTHOST/api/session"`,
      expect: { text: sessionId },
    }
    const own = sessionId.exec(holder.text)?.[1] ?? ''
    const datacenters = yield {
      says: '… sees that datacenter and no other …',
      line: `curl -s -k -H 'vmware-api-session-id: ${own}' "https://$TESTHOST/api/vcenter/datacenter"`,
      expect: { json: [{ datacenter: 'datacenter-3', name: 'DC0' }] },
    }
    const [{ datacenter }] = datacenters.json
    const off = yield {
      says: '… and its virtual machines …',
      line: `curl -s -k -H 'vmware-api-session-id: ${own}' "https://$TESTHOST/api/vcenter/vm?datacenters=${datacenter}&power_states=POWERED_OFF"`,
      expect: { text: /"vm":"vm-\d+"/ },
    }
    yield {
      says: '… may power one on …',
      line: call(own, 'POST', `vcenter/vm/${off.json[0].vm}/power?action=start`),
      expect: { text: /^\n204\n$/ },
    }
    yield {
      says: '… and may not make roles.',
      line: call(own, 'POST', 'vcenter/authorization/roles', { ...role, name: 'Mine' }),
      expect: { text: /"error_type":"UNAUTHORIZED".*\n403\n$/ },
    }
    yield {
      says: 'A role that a permission uses stays.',
      line: call(session, 'DELETE', `vcenter/authorization/roles/${roleId}`),
      expect: { text: /"error_type":"RESOURCE_IN_USE".*\n400\n$/ },
    }
    yield {
      says: 'Who signs out is nobody.',
      line: `${call(session, 'DELETE', 'session')}; ${call(session, 'GET', 'vcenter/datacenter')}`,
      expect: { text: /^\n204\n.*"error_type":"UNAUTHENTICATED".*\n401\n$/s },
    }
  },
}
