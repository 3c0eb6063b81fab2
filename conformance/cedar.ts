import { agreeWithCedar } from '../test/vcenter/cedar.ts'

/** Holds vCenter's permissions against Cedar's answers. Arguments: how many questions, and the seed they follow from. */
const questions = Number(process.argv[2] ?? 20_000)
const seed = Number(process.argv[3] ?? 1)

const allowed = agreeWithCedar(questions, seed)
console.log(`Cedar agrees on ${questions} questions (seed ${seed}), ${allowed} of them answered with yes`)
