import type { RouteConfig } from '../../request.ts'
import { sallyportFace } from '../face.ts'

const module = 'sallyport.sso'

/** A call that members of vsphere.local's Administrators may make. @param name As the audit log calls it. */
export const administrators = (name: string): RouteConfig => ({
  face: sallyportFace,
  requires: 'sso-administrator',
  operation: { module, name },
})

/** A call about one's own password, which is open to those who must change it first. */
export const ownPassword = (name: string): RouteConfig => ({
  face: sallyportFace,
  requires: 'own-password',
  operation: { module, name },
})
