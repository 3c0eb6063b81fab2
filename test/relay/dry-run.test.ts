import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { databases } from '../lab.ts'
import { startRecordingUpstream } from '../servers/recording-upstream.ts'
import { openRelayLab, relayTest, userWith } from './relay-lab.ts'

for (const database of databases) {
  test(
    `${database.kind}: a dry run says beside the server what it would do, by which rule, and sends nothing`,
    database,
    async () => {
      await using upstream = await startRecordingUpstream()
      const rules = [
        { methods: ['GET'], path: '/policy/api/v1/infra/own/{id}', feature: 'policy_segment', permission: 'crud' },
      ]
      await using lab = await openRelayLab(upstream, {}, { rules }, database)
      const network = await userWith(lab, 'netter', 'network_engineer')
      const body = join(dirname(lab.configFile), 'body.json')
      const infra = (type: string) => ({
        resource_type: 'Infra',
        children: [
          {
            resource_type: 'ChildDomain',
            Domain: { id: 'default', children: [{ resource_type: `Child${type}`, [type]: { id: 'x' } }] },
          },
        ],
      })
      for (const [args, code, shows] of [
        [
          ['GET', '/policy/api/v1/infra/%73egments/a'],
          0,
          [
            /^allowed\n/,
            /GET \/policy\/api\/v1\/infra\/segments\/\{\} needs read on policy_segment \(shipped\)/,
            /upstream: +real/,
          ],
        ],
        [['GET', '/policy/api/v1/infra/own/a'], 0, [/needs crud on policy_segment \(configured\)/]],
        [
          ['DELETE', '/policy/api/v1/infra/domains/default/security-policies/p'],
          1,
          [/^denied\n/, /policy_dfw/, /do not give crud/],
        ],
        [['GET', '/policy/api/v1/infra/nobody-knows'], 1, [/no rule has the path/]],
        [['GET', '/policy/api/v1//infra'], 1, [/not canonical: it has an empty segment/]],
        [['GET', '/api/v1/node/users'], 1, [/Sallyport answers the call itself/]],
        [['PATCH', '/policy/api/v1/infra'], 1, [/--body/]],
        [
          ['PATCH', '/policy/api/v1/infra', '--body', body],
          0,
          [/PATCH \/policy\/api\/v1\/infra\/domains\/\{\}\/groups\/\{\} needs crud on policy_grouping/],
        ],
      ] as const) {
        writeFileSync(body, JSON.stringify(infra('Group')))
        const { code: ended, stdout, stderr } = await relayTest(lab, ...args, '--as', 'netter')
        assert.equal(ended, code, `${args} ${stdout}${stderr}`)
        for (const pattern of shows) assert.match(stdout, pattern)
        // What it says is what happens.
        if (args[0] === 'GET' && args[1].includes('/infra/')) {
          assert.equal((await network.get(args[1])).status === 200, code === 0, args[1])
        }
      }
      writeFileSync(body, JSON.stringify(infra('SecurityPolicy')))
      const denied = await relayTest(lab, 'PATCH', '/policy/api/v1/infra', '--body', body, '--as', 'netter')
      assert.equal(denied.code, 1)
      assert.match(denied.stdout, /policy_dfw/)
      assert(!upstream.requests.some(({ method }) => method === 'PATCH'))

      const inactive = await relayTest(lab, 'GET', '/policy/api/v1/infra/segments', '--as', 'audit')
      assert.equal(inactive.code, 1)
      assert.match(inactive.stdout, /not active/)
      const nobody = await relayTest(lab, 'GET', '/policy/api/v1/infra/segments', '--as', 'nobody')
      assert.equal(nobody.code, 2)
      assert.match(nobody.stderr, /there is no local user nobody/)
      const all = `${denied.stdout}${denied.stderr}${inactive.stdout}`
      assert(!all.includes('upstream-secret'))
    },
  )
}
