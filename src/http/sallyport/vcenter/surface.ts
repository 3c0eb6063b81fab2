import { together } from '../../together.ts'
import { accessRoutes } from './access.ts'
import { objectRoutes } from './objects.ts'
import { principalRoutes } from './principals.ts'
import { roleRoutes } from './roles.ts'

/** `/sallyport/v1/vcenter`: what vCenter's own API has no calls for, about who may do what in its inventory. */
export const vcenterAccessSurface = together(objectRoutes, roleRoutes, principalRoutes, accessRoutes)
