import type { Answer, Client } from '../client.ts'
import type { Lab } from '../lab.ts'

export const usermgmt = '/api/2.0/services/usermgmt'
export const auditlog = '/api/2.0/auditlog'

/** A call with a body in XML. */
export function sendXml(client: Client, method: string, path: string, body: string): Promise<Answer> {
  return client.send(method, path, body, { 'content-type': 'application/xml' })
}

/** A call that is to be answered in JSON. */
export function getJson(client: Client, path: string): Promise<Answer> {
  return client.send('GET', path, undefined, { accept: 'application/json' })
}

/** An access control entry. */
export function entry(role: string, ...resources: string[]): string {
  const inner = resources.map((id) => `<resource><resourceId>${id}</resourceId></resource>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?><accessControlEntry><role>${role}</role>${inner}</accessControlEntry>`
}

/** Gives a first role. @param query `?isCli=true` and the like. */
export function assign(lab: Lab, name: string, query: string, role: string, ...resources: string[]): Promise<Answer> {
  return sendXml(lab.admin, 'POST', `${usermgmt}/role/${name}${query}`, entry(role, ...resources))
}

/** What the API lists of a user, or undefined. */
// biome-ignore lint/suspicious/noExplicitAny: as the answer has it
export async function listed(lab: Lab, name: string): Promise<any> {
  const { json } = await getJson(lab.admin, `${usermgmt}/users/vsm`)
  return json.users.find((user: { name: string }) => user.name === name)
}

/** The text of the page that stands for a refusal. */
export const pageText = ({ text }: Answer) => /<h1>HTTP Status \d+ - (.*?)<\/h1>/.exec(text)?.[1]

/** Makes an account of the command line as the console does. */
export async function makeCliUser(lab: Lab, name: string, password: string, webInterface = true): Promise<void> {
  const { cliAccounts, call } = commandLine(lab)
  await cliAccounts.create(call(), name, password)
  if (webInterface) await cliAccounts.grantWebInterface(call(), name)
}

export async function removeCliUser(lab: Lab, name: string): Promise<void> {
  const { cliAccounts, call } = commandLine(lab)
  await cliAccounts.remove(call(), name)
}

/** What the console does, without one. */
export function commandLine({ server }: Lab) {
  const { nsxv, journal, clock } = server.services
  if (!nsxv) throw new Error('the lab has no NSX Manager for vSphere')
  const call = () => ({
    caller: { name: 'admin', grants: [] },
    now: clock(),
    change: <T>(work: Parameters<typeof journal.change<T>>[0]) => journal.change(work, () => undefined),
  })
  return { ...nsxv, call }
}
