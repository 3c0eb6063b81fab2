import { getCedarVersion } from '@cedar-policy/cedar-wasm/nodejs'
import { agreeWithCedar } from '../test/vcenter/cedar.ts'
import type { Suite } from './suite.ts'

const questions = 20_000

/** Not a client, but another's judgement of who may do what. */
export const cedar: Suite = {
  name: 'cedar',
  install: async () => ({ client: '', version: `Cedar ${getCedarVersion()}` }),
  run: (_client, _lab, check) =>
    check(`${questions} questions about permissions on random inventories`, async () => {
      agreeWithCedar(questions, 1)
    }),
}
