import type { Connection } from 'ssh2'

interface Protocol {
  _handlers: { SERVICE_REQUEST(protocol: Protocol, service: string): void }
  serviceAccept(service: string): void
}

/**
 * Accepts the user authentication service as often as a client asks for it before it has signed in, as OpenSSH does:
 * paramiko asks with every try. The library would end the connection at the second one, and offers no other way in than
 * its own handlers.
 *
 * @param most Requests beyond these end the connection.
 * @see RFC 4253, 10
 */
export function acceptServiceAgain(client: Connection, most: number): void {
  const inside = client as unknown as { _protocol: Protocol; authenticated: boolean }
  const { _protocol: protocol } = inside
  const first = protocol._handlers.SERVICE_REQUEST
  let requests = 0
  protocol._handlers.SERVICE_REQUEST = (own, service) => {
    if (++requests === 1 || inside.authenticated || service !== 'ssh-userauth') return first(own, service)
    if (requests > most) return void client.end()
    protocol.serviceAccept(service)
  }
}
