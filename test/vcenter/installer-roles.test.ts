import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'
import { rpc, rpcErrorOf, signedIn } from './clients.ts'
import published from './installer-roles.json' with { type: 'json' }
import { faultIn, managers, Vim } from './soap-client.ts'

const roles = '/api/vcenter/authorization/roles'
const service = 'com.vmware.vcenter.authorization.roles'

/** Those with ids that no vCenter of today knows. */
const refused = ['rn-VDP', 'rn-vRA-Endpoint-7', 'rn-vRSLCM', 'cisco-ccp-admin']

const { _about, ...definitions } = published

for (const database of databases) {
  test(
    `${database.kind}: roles of installers and backup products are made, or refused for ids that do not exist, alike over REST, JSON-RPC and SOAP`,
    database,
    async () => {
      await using lab = await openLab(database)
      const rest = await signedIn(lab.a)
      const { vim } = await new Vim(lab.a).signIn()
      for (const [name, { privileges }] of Object.entries(definitions)) {
        const spec = { [`${service}.create_spec`]: { name: `${name} 2`, description: '', privileges } }
        const overRest = await rest.post(roles, { name, description: '', privileges })
        const overRpc = await rpc(rest, service, 'create', { spec: { STRUCTURE: spec } })
        const args = { name: `${name} 3`, privIds: privileges }
        if (refused.includes(name)) {
          assert.deepEqual([overRest.status, overRest.json.error_type], [400, 'INVALID_ARGUMENT'], name)
          assert.equal(rpcErrorOf(overRpc).name, 'invalid_argument', name)
          const { type } = faultIn(await vim.send('AddAuthorizationRole', managers.authorization, args))
          assert.equal(type, 'InvalidArgument', name)
          continue
        }
        assert.equal(overRest.status, 201, `${name} ${overRest.text}`)
        const made = [
          overRest.json,
          overRpc.json.result.output,
          await vim.call('AddAuthorizationRole', managers.authorization, args),
        ]
        for (const id of made) {
          const read = (await rest.get(`${roles}/${id}`)).json.privileges
          const system = (one: string) => one.startsWith('System.')
          const without = (list: string[]) => list.filter((one) => !system(one)).sort()
          assert.deepEqual(without(read), without(privileges), name)
        }
      }
    },
  )
}
