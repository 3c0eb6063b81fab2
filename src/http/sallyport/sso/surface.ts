import { together } from '../../together.ts'
import { changePasswordRoute } from './change-password.ts'
import { ssoGroupRoutes } from './groups.ts'
import { ssoIdentitySourceRoutes } from './identity-sources.ts'
import { ssoPolicyRoutes } from './policy.ts'
import { ssoUserRoutes } from './users.ts'

/** `/sallyport/v1/sso`: users and groups of vsphere.local, for which vCenter's own API has no calls. */
export const ssoSurface = together(
  ssoUserRoutes,
  ssoGroupRoutes,
  ssoPolicyRoutes,
  ssoIdentitySourceRoutes,
  changePasswordRoute,
)
