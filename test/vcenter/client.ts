import type { Answer, Client } from '../client.ts'

export const administrator = 'administrator@vsphere.local'

/** Begins a session over REST. @returns the answer, and a client that uses the session where there is one. */
export async function signIn(
  client: Client,
  name: string,
  password: string,
): Promise<{ answer: Answer; client: Client }> {
  const answer = await client.as(name, password).post('/api/session')
  return { answer, client: withSession(client, answer.status === 201 ? answer.json : '') }
}

export const withSession = (client: Client, id: string): Client =>
  client.with({ headers: { 'vmware-api-session-id': id } })
