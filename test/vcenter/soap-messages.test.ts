import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { labSsoPassword } from '../../src/lab.ts'
import { databases, openLab } from '../lab.ts'
import { administrator } from './clients.ts'
import { argumentsXml, faultIn, managers, message, ref, Vim } from './soap-client.ts'

const { service, sessions, authorization } = managers
const this_ = (tag = '_this') => ref(tag, service).text
const current = message('CurrentTime', this_())
const envelope = 'http://schemas.xmlsoap.org/soap/envelope/'

for (const database of databases) {
  test(`${database.kind}: a message that is none is refused in the words of vim25`, database, async () => {
    await using lab = await openLab(database)
    const { vim } = await new Vim(lab.a).signIn()
    assert.equal((await vim.post(current)).status, 200)
    // What is before the envelope, comments in it, other prefixes and a reference without its type are no obstacle.
    for (const body of [
      `\ufeff<!-- x -->${current.replace(/<\?xml.*?\?>/, '')}<!-- y -->`,
      current.replaceAll('e:', 'SOAP-ENV:').replace('xmlns:e=', 'xmlns:SOAP-ENV='),
      current.replace(' xmlns="urn:vim25"', ' xmlns:v="urn:vim25"').replaceAll('CurrentTime', 'v:CurrentTime'),
      message('CurrentTime', '<_this>ServiceInstance</_this>'),
      message('CurrentTime', '<_this type="ManagedObject"><![CDATA[ServiceInstance]]></_this>'),
      message('CurrentTime', this_(), '<anything xmlns="urn:any" e:mustUnderstand="0">x</anything>'),
    ]) {
      assert.equal((await vim.post(body)).status, 200, body)
    }

    const lol = '<!DOCTYPE e [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    const refused: [body: string | Buffer, about: RegExp][] = [
      ['', /cannot be read: document must contain a root element/],
      ['{"jsonrpc":"2.0"}', /root node/],
      ['<a/>', /not a SOAP envelope/],
      [current.slice(0, -1), /unclosed|unexpected/],
      [current.replace('<?xml version="1.0" encoding="UTF-8"?>', lol), /document type/],
      [Buffer.from(current, 'utf16le'), /./],
      [Buffer.from(current.replace('ServiceInstance', 'Sérvice'), 'latin1'), /UTF-8/],
      [current.replace('ServiceInstance', 'Service\0Instance'), /disallowed character/],
      [current.replace(envelope, 'http://www.w3.org/2003/05/soap-envelope'), /SOAP 1\.1/],
      [current.replace('urn:vim25', 'urn:vim2'), /namespace/],
      [current.replace('urn:vim25', ''), /namespace/],
      [current.replaceAll('e:Body', 'e:Head'), /SOAP body/],
      [current.replace('</e:Body>', '</e:Body><e:Body/>'), /SOAP body/],
      [current.replace('<CurrentTime', '<x/><CurrentTime'), /not one element/],
      [current.replace(/<CurrentTime.*CurrentTime>/, ''), /not one element/],
      [message('CurrentTime', this_(), '<a xmlns="urn:any" e:mustUnderstand="1"/>'), /must be understood/],
      [message('CurrentTime', ''), /_this/],
      [message('CurrentTime', this_('this')), /_this/],
      [message('CurrentTime', `${this_()}<enoent/>`), /no enoent/],
      [message('CurrentTime', this_() + this_()), /no _this/],
      [message('CurrentTime', `${'<a>'.repeat(80)}${'</a>'.repeat(80)}`), /nested/],
      [message('CurrentTime', '<a/>'.repeat(60_000)), /elements/],
    ]
    for (const [body, about] of refused) {
      const { type, message: text } = faultIn(await vim.post(body))
      assert.equal(type, 'InvalidRequest')
      assert.match(text, about)
    }
    for (const [content, property] of [
      ['<_this type="ServiceInstance"/>', '_this'],
      [`${ref('_this', authorization).text}<name>x</name><privIds><a/></privIds>`, undefined],
      [ref('_this', authorization).text, 'name'],
    ] as const) {
      const { type, fields } = faultIn(await vim.post(message('AddAuthorizationRole', content)))
      assert.deepEqual(
        [type, fields],
        property ? ['InvalidArgument', { invalidProperty: property }] : ['InvalidRequest', {}],
      )
    }
    for (const [name, value] of [
      ['roleId', ''],
      ['roleId', 'x'],
      ['roleId', '1.5'],
      ['roleId', '1e3'],
      ['roleId', '2147483648'],
      ['roleId', '99999999999999999999999999'],
      ['failIfUsed', 'yes'],
      ['failIfUsed', ''],
    ]) {
      const args = { roleId: '77', failIfUsed: 'true', [name as string]: value }
      const { invalidProperty } = await vim.refused('InvalidArgument', 'RemoveAuthorizationRole', authorization, args)
      assert.equal(invalidProperty, name)
    }
    await vim.refused('InvalidRequest', 'RemoveAuthorizationRole', authorization, { roleId: [1, 2], failIfUsed: true })
    for (const method of ['enoent', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'Login']) {
      const fields = await vim.refused('MethodNotFound', method, authorization)
      assert.deepEqual(fields, { receiver: authorization, method })
    }
    const gone = await vim.refused('ManagedObjectNotFound', 'CurrentTime', 'ServiceInstance:enoent')
    assert.deepEqual(gone, { obj: 'ServiceInstance:enoent' })
    await vim.refused('ManagedObjectNotFound', 'CurrentTime', 'SessionManager:ServiceInstance')
    // Text that XML has to escape comes back as it was.
    const name = 'a<b>&"\'\u00e9\u{1f600}'
    assert.deepEqual(await vim.refused('NotFound', 'TerminateSession', sessions, { sessionId: name }), {})
    const roleId = await vim.call('AddAuthorizationRole', authorization, { name })
    const { roleList } = await vim.read(authorization, 'roleList')
    assert.equal(roleList.find((role: { roleId: string }) => role.roleId === roleId).name, name)
  })

  test(`${database.kind}: what is not a message of vim25 at all is for HTTP to refuse`, database, async () => {
    await using lab = await openLab(database)
    const post = (type: string | undefined, body: string, path = '/sdk') =>
      lab.a.send('POST', path, body, type === undefined ? {} : { 'content-type': type })
    const content = message('RetrieveServiceContent', this_())
    for (const type of ['text/xml', 'text/xml; charset=utf-8', 'TEXT/XML;charset="UTF-8"', 'text/xml ; charset=utf8']) {
      const answer = await post(type, content)
      assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'text/xml; charset=utf-8'], type)
      assert.equal(answer.headers['set-cookie'], undefined)
    }
    assert.equal((await post('text/xml', content, '/sdk/')).status, 200)
    for (const type of [
      'text/plain',
      'application/json',
      'application/soap+xml',
      'application/x-www-form-urlencoded',
    ]) {
      assert.equal(faultIn(await post(type, content), 415).type, 'InvalidRequest')
    }
    assert.equal(faultIn(await post(undefined, content), 415).type, 'InvalidRequest')
    assert.equal(faultIn(await post('text/xml; charset=utf-16', content)).type, 'InvalidRequest')
    assert.equal(faultIn(await post('text/xml', ' '.repeat(1024 * 1024 + 1)), 413).type, 'InvalidRequest')

    const versions = await lab.a.get('/sdk/vimServiceVersions.xml')
    assert.equal(versions.status, 200)
    assert.match(
      versions.text,
      /^<\?xml [^>]*>\n<namespaces version="1\.0"><namespace><name>urn:vim25<\/name><version>9\.0\.0\.0</,
    )
    assert.match(versions.text, /<version>8\.0\.3\.0<\/version>/)
    for (const [method, path, status] of [
      ['POST', '/sdk/vimService.wsdl', 404],
      ['GET', '/sdk/vim25/9.0.0.0/SessionManager/SessionManager/sessionList', 501],
      ['POST', '/sdk/vim25/9.0.0.0/SessionManager/SessionManager/Login', 501],
      ['GET', '/sdk', 404],
      ['PUT', '/sdk', 404],
      ['GET', '/sdk/enoent', 404],
    ] as const) {
      const answer = await lab.a.send(method, path, method === 'POST' ? '{}' : undefined, {
        'content-type': 'text/xml',
      })
      assert.equal(faultIn(answer, status).type, status === 501 ? 'SystemError' : 'InvalidRequest', path)
    }
  })

  test(`${database.kind}: messages that are spoilt in any way get a clear answer`, database, async () => {
    await using lab = await openLab(database)
    const { vim } = await new Vim(lab.a).signIn()
    const known = [
      message(
        'Login',
        ref('_this', sessions).text + argumentsXml({ userName: administrator, password: labSsoPassword }),
      ),
      message(
        'CreateFilter',
        ref('_this', managers.properties).text +
          argumentsXml({
            spec: {
              propSet: { type: 'Folder', pathSet: ['name', 'childEntity'] },
              objectSet: { obj: ref('obj', managers.root), skip: false, selectSet: { name: 'x' } },
            },
            partialUpdates: false,
          }),
      ),
      message(
        'SetEntityPermissions',
        ref('_this', authorization).text +
          argumentsXml({
            entity: ref('entity', managers.root),
            permission: { principal: 'x', group: false, roleId: 77, propagate: true },
          }),
      ),
    ]
    const spoilt = fc
      .tuple(
        fc.constantFrom(...known),
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.nat(12),
            fc.oneof(
              fc.string({ maxLength: 8 }),
              fc.constantFrom(
                '<',
                '>',
                '"',
                '&',
                '/',
                ':',
                'xmlns',
                '\0',
                '-1',
                'xsi:type="TraversalSpec"',
                '<a>',
                '</a>',
                '<![CDATA[',
                '&#0;',
              ),
            ),
          ),
          { minLength: 1, maxLength: 4 },
        ),
      )
      .map(([text, cuts]) =>
        cuts.reduce((text, [at, length, put]) => {
          const from = at % text.length
          return text.slice(0, from) + put + text.slice(from + length)
        }, text),
      )
    await fc.assert(
      fc.asyncProperty(spoilt, async (body) => {
        const answer = await vim.post(body)
        if (answer.status === 200) return
        const { type, message: text } = faultIn(answer)
        assert.notEqual(type, 'SystemError', body)
        assert(!text.includes(labSsoPassword))
      }),
      { numRuns: 150 },
    )
    await vim.call('CurrentTime', service)
  })
}
