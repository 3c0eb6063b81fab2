import { once } from 'node:events'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { labSsoPassword } from '../src/lab.ts'
import type { Asked } from './load.ts'
import type { Running } from './processes.ts'
import { startVcsim } from './vcsim.ts'

const envelope = (body: string) =>
  `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
const login = (user: string, password: string) =>
  envelope(
    `<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>${user}</userName><password>${password}</password></Login>`,
  )
const roleList = envelope(
  '<RetrieveProperties xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>AuthorizationManager</type><pathSet>roleList</pathSet></propSet><objectSet><obj type="AuthorizationManager">AuthorizationManager</obj></objectSet></specSet></RetrieveProperties>',
)
const setPermission = (user: string, datacenter: string) =>
  envelope(
    `<SetEntityPermissions xmlns="urn:vim25"><_this type="AuthorizationManager">AuthorizationManager</_this><entity type="Datacenter">${datacenter}</entity><permission><principal>${user}</principal><group>false</group><roleId>-2</roleId><propagate>true</propagate></permission></SetEntityPermissions>`,
  )

/** vCenter's roles and permissions, here and in vcsim, which has SOAP only and keeps nothing on disk. */
export async function startVcenters(
  dir: string,
  sallyport: Running<unknown>,
  origin: string,
): Promise<AsyncDisposable & { asked: Record<string, Asked>; missing: string | undefined }> {
  const [user, password] = ['administrator@vsphere.local', labSsoPassword]
  const cookie = await signIn(origin, user, password)
  const session = { 'vmware-api-session-id': /="?([0-9a-f]+)/.exec(cookie)?.[1] ?? '' }
  const soap = (server: Running<unknown>, at: string, cookie: string, body: string): Asked => ({
    server,
    call: { url: `${at}/sdk`, method: 'POST', headers: { 'content-type': 'text/xml; charset=utf-8', cookie }, body },
  })
  const asked: Record<string, Asked> = {
    'vCenter role list, REST': {
      server: sallyport,
      call: { url: `${origin}/api/vcenter/authorization/roles`, headers: session },
    },
    'vCenter role list, SOAP': soap(sallyport, origin, cookie, roleList),
    'vCenter permission create, REST': {
      server: sallyport,
      call: {
        url: `${origin}/api/vcenter/authorization/permissions`,
        method: 'POST',
        headers: { ...session, 'content-type': 'application/json' },
        // One permission for each principal: every call creates another one.
        numbered: true,
        body: JSON.stringify({
          object: { type: 'Datacenter', id: 'datacenter-3' },
          principal: { type: 'USER', name: 'bench-#', domain: 'localos' },
          role: '-2',
          propagating: true,
        }),
      },
    },
    'vCenter permission set, SOAP': soap(
      sallyport,
      origin,
      cookie,
      setPermission('VSPHERE.LOCAL\\holouser', 'datacenter-3'),
    ),
  }
  const vcsim = await startVcsim(dir)
  if (typeof vcsim === 'string') return { asked, missing: vcsim, [Symbol.asyncDispose]: async () => {} }
  const peer = `https://${vcsim.ready.host}`
  const itsCookie = await signIn(peer, 'user', 'pass')
  asked['vcsim role list, SOAP'] = soap(vcsim, peer, itsCookie, roleList)
  asked['vcsim permission set, SOAP'] = soap(vcsim, peer, itsCookie, setPermission('holouser', 'datacenter-2'))
  return { asked, missing: undefined, [Symbol.asyncDispose]: () => vcsim[Symbol.asyncDispose]() }
}

/** @returns the session's cookie. */
async function signIn(origin: string, user: string, password: string): Promise<string> {
  const call = request(`${origin}/sdk`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    rejectUnauthorized: false,
  })
  call.end(login(user, password))
  const [response] = await once(call, 'response')
  const answer = await text(response)
  if (response.statusCode !== 200) throw new Error(`${origin}: ${answer}`)
  return response.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}
