import { installOpenSsh } from '../servers/openssh.ts'
import { missingCurl } from './curl.ts'
import { startLab } from './lab-process.ts'
import { perform, type Story, Surprise } from './step.ts'
import { apiService } from './stories/api-service.ts'
import { nodeUserCalls } from './stories/node-user-calls.ts'
import { nodeUserLife } from './stories/node-user-life.ts'
import { nsxvApiUser } from './stories/nsxv-api-user.ts'
import { sessions } from './stories/sessions.ts'
import { vcenterAuthorization } from './stories/vcenter-authorization.ts'

const stories: readonly Story[] = [nsxvApiUser, nodeUserCalls, nodeUserLife, sessions, apiService, vcenterAuthorization]

/** Shows what the documents say on a fresh lab. @returns the exit code: 1 once something surprises. */
export async function tour(told: readonly Story[] = stories, print: (line: string) => void = console.log) {
  await using lab = await startLab()
  let seen = 0
  try {
    for (const { title, steps } of told) {
      print(`\n${title}`)
      const story = steps(lab)
      for (let next = story.next(); !next.done; seen++) next = story.next(await perform(next.value, lab, print))
    }
  } catch (error) {
    if (!(error instanceof Surprise)) throw error
    print(`\nA surprise: ${error.message}`)
    return 1
  }
  print(`\n${seen} steps, no surprise`)
  return 0
}

/** Makes sure of the programs that the documents use. @returns what is missing, if anything is. */
export function missingPrograms(): string | undefined {
  return missingCurl() ?? installOpenSsh()
}

if (import.meta.main) {
  const missing = missingPrograms()
  if (missing) console.error(`The tour lacks a program: ${missing}`)
  process.exitCode = missing ? 1 : await tour()
}
