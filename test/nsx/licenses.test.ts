import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databases, openLab } from '../lab.ts'

const licensed = '/api/v1/licenses/licensed-features'

for (const database of databases) {
  test(`${database.kind}: every feature that the operator for Kubernetes asks for is licensed`, database, async () => {
    await using lab = await openLab(database)
    const { status, json } = await lab.admin.get(licensed)
    assert.equal(status, 200)
    assert.deepEqual(json, {
      results: [
        { feature_name: 'CONTAINER', is_licensed: true },
        { feature_name: 'CONTAINER_NETWORKING', is_licensed: true },
        { feature_name: 'DFW', is_licensed: true },
      ],
      result_count: 3,
      sort_by: 'feature_name',
      sort_ascending: true,
    })
    const page = (await lab.admin.get(`${licensed}?page_size=2`)).json
    assert.equal(page.results.length, 2)
    const rest = (await lab.admin.get(`${licensed}?page_size=2&cursor=${page.cursor}`)).json
    assert.deepEqual(rest.results, [{ feature_name: 'DFW', is_licensed: true }])
    const refused = await lab.admin.get(`${licensed}?page_size=many`)
    assert.deepEqual([refused.status, /page_size/.test(refused.json.error_message)], [400, true])
  })
}
