import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, labPassword, openLab } from '../lab.ts'

const segments = '/policy/api/v1/infra/segments'

for (const database of databases) {
  test(`${database.kind}: a session is a cookie and a token, both needed on every call`, database, async () => {
    await using lab = await openLab(database)
    const { answer, client } = await lab.a.signIn('admin', labPassword)
    assert.equal(answer.status, 200)
    assert.match(
      answer.headers['set-cookie']?.[0] ?? '',
      /^JSESSIONID=[0-9A-F]{32}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    )
    assert.match(
      String(answer.headers['x-xsrf-token']),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    assert.equal(answer.text, '')

    assert.equal((await client.get(segments)).json.results[0].id, 'seg1')

    const withoutToken = await client.with({ headers: { 'x-xsrf-token': '' } }).get(segments)
    assert.equal(withoutToken.status, 403)
    assert.equal(withoutToken.json.error_code, 98)
  })
}
