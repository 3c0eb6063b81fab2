import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'
import { assign, auditlog, entry, getJson, listed, makeCliUser, pageText, sendXml, usermgmt } from './nsxv.ts'

const password = 'Password123'
const error = (details: string, code: number) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<error><details>${details}</details><errorCode>${code}</errorCode><moduleName>core-services</moduleName></error>`
const notAuthorized = (feature: string) =>
  error(
    `User is not authorized to access object globalroot-0 and feature urm.${feature}, please check object access scope and feature permissions for the user.`,
    254,
  )

for (const database of databases) {
  test(
    `${database.kind}: the three gates of an API-only account, its role and its line in the audit log`,
    database,
    async (t) => {
      await using lab = await openLab(database)
      const api = lab.a.as('api', password)
      const me = `${usermgmt}/user/api`

      await t.test('an account without the privilege is refused as if its password were wrong', async () => {
        await makeCliUser(lab, 'api', password, false)
        const answer = await api.get(me)
        assert.deepEqual([answer.status, pageText(answer)], [403, 'Bad Username or Credentials presented'])
      })

      await t.test('with the privilege and without a role it is told that it has none, on a page', async () => {
        await makeCliUser(lab, 'norole', password)
        for (const accept of ['*/*', 'application/json', 'application/xml']) {
          const answer = await lab.a.as('norole', password).send('GET', me, undefined, { accept })
          assert.equal(answer.status, 403)
          assert.equal(answer.headers['content-type'], 'text/html;charset=utf-8')
          assert.equal(pageText(answer), 'VC user does not have any role on NSX Manager.')
          // How VMware's migration tool finds it.
          assert.match(answer.text, /Message<\/b> VC user does not have any role on NSX Manager\.<\/p>/)
        }
      })

      await t.test('a wrong password is 403 on a page, and no Authorization header is 401', async () => {
        for (const name of ['admin', 'nobody', 'ghost', 'ghost@vsphere.local', '']) {
          const answer = await lab.a.as(name, 'wrong').get(me)
          assert.deepEqual([answer.status, pageText(answer)], [403, 'Bad Username or Credentials presented'], name)
        }
        for (const headers of [
          {},
          { authorization: 'Basic' },
          { authorization: 'Basic YQ==' },
          { authorization: 'Digest x' },
        ]) {
          const answer = await lab.a.send('GET', me, undefined, headers as Record<string, string>)
          assert.equal(answer.status, 401)
          assert.equal(answer.headers['www-authenticate'], 'Basic realm="NSX Manager"')
        }
      })

      await t.test('POST role without Content-Type is 415', async () => {
        const url = `${usermgmt}/role/norole?isCli=true`
        for (const headers of [
          {},
          { 'content-type': 'text/plain' },
          { 'content-type': 'application/xml;charset=utf-16' },
        ]) {
          const answer = await lab.admin.send('POST', url, entry('auditor'), headers as Record<string, string>)
          assert.deepEqual([answer.status, pageText(answer)], [415, 'Unsupported Media Type'])
        }
        assert.equal((await lab.admin.send('POST', url)).status, 415)
        assert.equal(await listed(lab, 'norole'), undefined)
      })

      await t.test('POST role?isCli=true is 204, and the user is listed as a CLI user', async () => {
        const answer = await assign(lab, 'norole', '?isCli=true', 'auditor', 'globalroot-0')
        assert.deepEqual([answer.status, answer.text, answer.headers['content-type']], [204, '', undefined])
        const user = await listed(lab, 'norole')
        assert.deepEqual(
          [user.isCli, user.isLocal, user.isEnabled, user.isGroup, user.hasGlobalObjectAccess],
          [true, true, true, false, true],
        )
        assert.equal((await lab.a.as('norole', password).get(`${usermgmt}/user/norole`)).status, 200)
      })

      await t.test(
        'a name that was added as a vCenter user cannot be given to the CLI user before it is deleted',
        async () => {
          await makeCliUser(lab, 'seed', password)
          assert.equal((await assign(lab, 'seed', '', 'auditor')).status, 204)
          const refused = await assign(lab, 'seed', '?isCli=true', 'auditor', 'globalroot-0')
          assert.equal(refused.status, 400)
          assert.match(refused.text, /User already present\. seed was added as a vCenter user; delete that user/)
          assert.equal((await listed(lab, 'seed')).isCli, false)
          assert.equal(
            pageText(await lab.a.as('seed', password).get(me)),
            'VC user does not have any role on NSX Manager.',
          )

          assert.equal((await lab.admin.delete(`${usermgmt}/user/seed`)).status, 204)
          assert.equal((await assign(lab, 'seed', '?isCli=true', 'auditor', 'globalroot-0')).status, 204)
          assert.equal((await listed(lab, 'seed')).isCli, true)
        },
      )

      await t.test('PUT answers an unscoped role alone, and a scoped one with its object in full', async () => {
        const name = 'holouser@vsphere.local'
        const url = `${usermgmt}/role/${name}`
        assert.equal((await assign(lab, name, '', 'auditor')).status, 204)
        const unscoped = await sendXml(lab.admin, 'PUT', url, entry('vshield_admin', 'globalroot-0'))
        assert.equal(unscoped.status, 200)
        assert.equal(unscoped.headers['content-type'], 'application/xml')
        assert.equal(
          unscoped.text,
          '<?xml version="1.0" encoding="UTF-8"?>\n<accessControlEntry><role>vshield_admin</role></accessControlEntry>',
        )

        const scoped = await sendXml(lab.admin, 'PUT', url, entry('security_admin', 'globalroot-0'))
        const uuid = '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'
        assert.match(
          scoped.text,
          new RegExp(
            `<role>security_admin</role><resource><objectId>globalroot-0</objectId><objectTypeName>GlobalRoot</objectTypeName><vsmUuid>${uuid}</vsmUuid><nodeId>${uuid}</nodeId><revision>\\d+</revision><type><typeName>GlobalRoot</typeName></type><name>Global</name><clientHandle></clientHandle><extendedAttributes/><isUniversal>false</isUniversal><universalRevision>0</universalRevision></resource></accessControlEntry>$`,
          ),
        )
        assert.equal((await lab.admin.get(url)).text, scoped.text)

        const both = await sendXml(lab.admin, 'PUT', url, entry('auditor', 'edge-7', 'virtualwire-12', 'edge-7'))
        assert.deepEqual(
          [...both.text.matchAll(/<objectId>(.*?)</g)].map(([, id]) => id),
          ['edge-7', 'virtualwire-12'],
        )
        assert.equal((await listed(lab, 'VSPHERE.LOCAL\\holouser')).hasGlobalObjectAccess, false)

        const json = await lab.admin.send(
          'PUT',
          url,
          JSON.stringify({ role: 'auditor', resource: { resourceId: 'edge-7' } }),
          {
            'content-type': 'application/json',
            accept: 'application/json',
          },
        )
        assert.equal(json.headers['content-type'], 'application/json')
        assert.deepEqual(
          [json.json.role, json.json.resource.length, json.json.resource[0].name],
          ['auditor', 1, 'edge-web'],
        )
        assert.equal((await lab.admin.delete(url)).status, 204)
        assert.equal((await lab.admin.delete(url)).status, 400)
      })

      await t.test('a CLI user is auditor, security_admin or super_user, and nothing else', async () => {
        const url = `${usermgmt}/role/norole`
        for (const role of ['enterprise_admin', 'vshield_admin', 'security_engineer']) {
          const answer = await sendXml(lab.admin, 'PUT', url, entry(role, 'globalroot-0'))
          assert.equal(answer.status, 400)
          assert.match(answer.text, /one of auditor, security_admin, super_user</)
        }
        assert.equal((await sendXml(lab.admin, 'PUT', url, entry('super_user'))).status, 200)
        assert.equal((await sendXml(lab.admin, 'PUT', url, entry('auditor', 'globalroot-0'))).status, 200)
      })

      await t.test('an auditor may not read roles, not even their own', async () => {
        const auditor = lab.a.as('norole', password)
        const answer = await auditor.get(`${usermgmt}/role/norole`)
        assert.deepEqual([answer.status, answer.text], [403, notAuthorized('object_access_control')])
        assert.equal((await auditor.get(`${usermgmt}/users/vsm`)).status, 200)
        const written = await sendXml(auditor, 'PUT', `${usermgmt}/role/norole`, entry('super_user'))
        assert.deepEqual([written.status, written.text], [403, notAuthorized('user_account_management')])
        assert.equal((await getJson(auditor, `${usermgmt}/role/norole`)).json.errorCode, 254)
      })

      await t.test('the role of a CLI user is not deleted', async () => {
        for (const path of ['role/norole', 'user/norole', 'role/admin', 'user/admin']) {
          const answer = await lab.admin.delete(`${usermgmt}/${path}`)
          assert.equal(answer.status, 400)
          assert.match(answer.text, /This operations is not permitted\..*<errorCode>204</)
        }
        assert.ok(await listed(lab, 'norole'))
      })

      await t.test('admin is given no other role and is never disabled', async () => {
        for (const answer of [
          await sendXml(lab.admin, 'PUT', `${usermgmt}/role/admin`, entry('auditor')),
          await lab.admin.send('PUT', `${usermgmt}/user/admin/enablestate/0`),
        ]) {
          assert.equal(answer.status, 400)
          assert.match(answer.text, /<errorCode>204</)
        }
        assert.equal((await lab.admin.get(`${usermgmt}/user/admin`)).status, 200)
      })

      await t.test(
        'a disabled user is refused as if the password were wrong, and comes in again once enabled',
        async () => {
          const client = lab.a.as('norole', password)
          const url = `${usermgmt}/user/norole/enablestate`
          assert.equal((await lab.admin.send('PUT', `${url}/0`)).status, 204)
          assert.equal(pageText(await client.get(`${usermgmt}/user/norole`)), 'Bad Username or Credentials presented')
          assert.equal((await listed(lab, 'norole')).isEnabled, false)
          await lab.restart()
          assert.equal((await lab.a.as('norole', password).get(`${usermgmt}/user/norole`)).status, 403)
          assert.equal((await lab.admin.send('PUT', `${url}/1`)).status, 204)
          assert.equal((await lab.a.as('norole', password).get(`${usermgmt}/user/norole`)).status, 200)
          assert.equal((await lab.admin.send('PUT', `${url}/2`)).status, 400)
          assert.equal((await lab.admin.send('PUT', `${url}/constructor`)).status, 400)
        },
      )

      await t.test('what is wrong with a request is said by name, and nothing is changed', async () => {
        const before = (await lab.admin.get(`${usermgmt}/users/vsm`)).text
        for (const [method, path, body, status, text] of [
          ['POST', 'role/ghost?isCli=true', entry('auditor'), 400, /object : ghost could not be found/],
          ['PUT', 'role/ghost', entry('auditor'), 400, /object : ghost could not be found/],
          ['POST', 'role/new@vsphere.local', entry('Auditor'), 400, /Invalid role Auditor/],
          ['POST', 'role/new@vsphere.local', entry('auditor', 'edge-99'), 404, /object : edge-99 could not be found/],
          ['POST', 'role/norole?isCli=true', entry('auditor'), 400, /User already present<.*<errorCode>203</],
          ['POST', 'role/new?isCli=yes', entry('auditor'), 400, /parameter isCli is not true or false/],
          ['POST', 'role/new?isCli=true&isGroup=true', entry('auditor'), 400, /A CLI user is no group/],
          ['POST', 'role/new', '<accessControlEntry/>', 400, /no accessControlEntry with elements/],
          ['POST', 'role/new', '<user><role>auditor</role></user>', 400, /no accessControlEntry/],
          ['POST', 'role/new', '<accessControlEntry><x>1</x></accessControlEntry>', 400, /role is missing/],
          ['POST', 'role/new', '', 400, /cannot be read/],
          [
            'POST',
            'role/new',
            '<accessControlEntry><role>auditor</role><resource><id>x</id></resource></accessControlEntry>',
            400,
            /resourceId is missing/,
          ],
        ] as const) {
          const answer = await sendXml(lab.admin, method, `${usermgmt}/${path}`, body)
          assert.equal(answer.status, status, `${method} ${path} ${answer.text}`)
          assert.match(answer.text, text)
        }
        assert.equal((await lab.admin.get(`${usermgmt}/users/vsm`)).text, before)
        const short = await lab.admin.get(`${usermgmt}/role/administrator`)
        assert.deepEqual([short.status, /object : administrator could not/.test(short.text)], [400, true])
      })

      await t.test(
        'the audit log tells clients apart, and a sign-in is a line of System about who it was',
        async () => {
          await makeCliUser(lab, 'robot', password)
          assert.equal((await assign(lab, 'robot', '?isCli=true', 'super_user')).status, 204)
          const robot = lab.a.as('robot', password)
          assert.equal((await sendXml(robot, 'POST', `${usermgmt}/role/a@vsphere.local`, entry('auditor'))).status, 204)
          const { json } = await getJson(lab.admin, `${auditlog}?sortOrderAscending=false&pageSize=2`)
          assert.deepEqual(Object.keys(json), ['dataPage'])
          const [change, login] = json.dataPage.data
          assert.deepEqual(
            [
              change.userName,
              change.module,
              change.operation,
              change.resource,
              change.status,
              change.newValue.includes('role=auditor'),
            ],
            ['robot', 'ACCESS_CONTROL', 'CREATE', 'VSPHERE.LOCAL\\a', 'SUCCESS', true],
          )
          assert.match(change.resourceId, /^userinfo-\d+$/)
          assert.deepEqual(
            [login.userName, login.operation, login.resource, login.resourceId, login.oldValue],
            ['System', 'LOGIN', 'robot', (await listed(lab, 'robot')).objectId, undefined],
          )
        },
      )

      await t.test('without parameters the audit log has 256 lines from the first on, by id', async () => {
        const { dataPage } = (await getJson(lab.admin, auditlog)).json
        const { totalCount, ...paging } = dataPage.pagingInfo
        assert.deepEqual(paging, { pageSize: 256, startIndex: 0, sortOrderAscending: true, sortBy: 'id' })
        assert.ok(totalCount > 20)
        assert.deepEqual(
          dataPage.data.map(({ id }: { id: number }) => id),
          Array.from({ length: Math.min(256, totalCount) }, (_, index) => index + 1),
        )
        const last = (await getJson(lab.admin, `${auditlog}?startIndex=${totalCount - 2}`)).json.dataPage
        assert.equal(last.data.length, 2)
        for (const query of [
          'pageSize=0',
          'pageSize=1025',
          'pageSize=x',
          'startIndex=-1',
          'sortOrderAscending=1',
          'startIndex=0&startIndex=1',
        ]) {
          assert.equal((await lab.admin.get(`${auditlog}?${query}`)).status, 400, query)
        }
        assert.doesNotMatch((await lab.admin.get(auditlog)).text, new RegExp(`${password}|${labPassword}`))
      })
    },
  )

  test(`${database.kind}: of many calls at once each sees what the others did`, database, async () => {
    await using lab = await openLab(database)
    const name = 'crowd@vsphere.local'
    const given = await Promise.all(Array.from({ length: 20 }, () => assign(lab, name, '', 'auditor')))
    assert.deepEqual(given.map(({ status }) => status).sort(), [204, ...Array(19).fill(400)])
    const changed = await Promise.all([
      ...Array.from({ length: 10 }, () =>
        sendXml(lab.admin, 'PUT', `${usermgmt}/role/${name}`, entry('vshield_admin')),
      ),
      ...Array.from({ length: 10 }, () => lab.admin.delete(`${usermgmt}/user/${name}`)),
    ])
    assert.equal(changed.filter(({ status }) => status === 204).length, 1)
    assert.ok(changed.every(({ status }) => [200, 204, 400].includes(status)))
    assert.equal(await listed(lab, 'VSPHERE.LOCAL\\crowd'), undefined)
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        assert.equal((await assign(lab, `one${n}@vsphere.local`, '', 'auditor')).status, 204)
        return (await listed(lab, `VSPHERE.LOCAL\\one${n}`)).objectId
      }),
    )
    assert.equal(new Set(ids).size, 20)
  })

  test(`${database.kind}: in release 6.2 a CLI user may have any role`, database, async () => {
    await using lab = await openLab(database, { nsxvCliRoles: '6.2' })
    await makeCliUser(lab, 'api', password)
    assert.equal((await assign(lab, 'api', '?isCli=true', 'auditor', 'globalroot-0')).status, 204)
    const answer = await sendXml(lab.admin, 'PUT', `${usermgmt}/role/api`, entry('vshield_admin', 'globalroot-0'))
    assert.equal(answer.status, 200)
    assert.match(answer.text, /<accessControlEntry><role>vshield_admin<\/role><\/accessControlEntry>$/)
  })
}
