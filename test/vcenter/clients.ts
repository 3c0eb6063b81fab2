import { after } from 'node:test'
import { labSsoPassword } from '../../src/lab.ts'
import type { Answer, Client } from '../client.ts'
import { type Lab, openLab, type TestDatabase } from '../lab.ts'

export const administrator = 'administrator@vsphere.local'

/** One lab for the tests of a file that leave it as it was; opened when it is first asked for. */
export function sharedLab(database: TestDatabase): () => Promise<Lab> {
  let lab: Promise<Lab> | undefined
  after(async () => {
    await (await lab)?.[Symbol.asyncDispose]()
  })
  return () => {
    lab ??= openLab(database)
    return lab
  }
}

const schemes = 'com.vmware.vapi.std.security.'

/** A client that shows a session's id with every call. */
export const withSession = (client: Client, id: string) => client.with({ headers: { 'vmware-api-session-id': id } })

/** Signs in over REST; `administrator` unless said otherwise. */
export async function signedIn(client: Client, name = administrator, password = labSsoPassword): Promise<Client> {
  const { status, json } = await client.as(name, password).post('/api/session')
  if (status !== 201) throw new Error(`${name} cannot sign in: ${status}`)
  return withSession(client, json)
}

export const userPass = (userName: string, password = labSsoPassword) => ({
  schemeId: `${schemes}user_pass`,
  userName,
  password,
})

export const bySession = (sessionId: string) => ({ schemeId: `${schemes}session_id`, sessionId })

/** A JSON-RPC request. */
export function rpcRequest(
  serviceId: string,
  operationId: string,
  input: object = {},
  securityCtx?: object,
): { jsonrpc: string; method: string; id: string; params: Record<string, unknown> } {
  return {
    jsonrpc: '2.0',
    method: 'invoke',
    id: '0',
    params: {
      serviceId,
      operationId,
      input: { STRUCTURE: { 'operation-input': input } },
      ctx: { appCtx: { opId: 'op-1' }, ...(securityCtx ? { securityCtx } : {}) },
    },
  }
}

/** Calls an operation over JSON-RPC. */
export function rpc(
  client: Client,
  serviceId: string,
  operationId: string,
  input: object = {},
  securityCtx?: object,
): Promise<Answer> {
  return client.post('/api', rpcRequest(serviceId, operationId, input, securityCtx))
}

/** The error that an operation was answered with over JSON-RPC: its name, and the fields of it. */
export function rpcErrorOf({ json }: Answer): { name: string; messages: { id: string; default_message: string }[] } {
  const [[name, fields] = ['', {}]] = Object.entries(
    json.result.error.ERROR as Record<string, { messages?: unknown[] }>,
  )
  const messages = ((fields as { messages?: unknown[] }).messages ?? []).map(
    // biome-ignore lint/suspicious/noExplicitAny: what the wire has
    (message: any) => message.STRUCTURE['com.vmware.vapi.std.localizable_message'],
  )
  return { name: name.replace('com.vmware.vapi.std.errors.', ''), messages }
}
