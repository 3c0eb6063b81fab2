import { inject } from '@angular/core'
import { type CanActivateFn, RedirectCommand, Router } from '@angular/router'
import type { Page } from '../pages.ts'
import { SessionService } from './session.service.ts'
import { signedIn } from './session.ts'

/** Sends people to the sign-in that a page needs, and tells those who may not read it so, at the page's own address. */
export function mayOpen(page: Page): CanActivateFn {
  return (_route, { url }) => {
    const router = inject(Router)
    const session = inject(SessionService).session()
    if (!signedIn(session, page.identity)) {
      const queryParams = { next: url, ...(page.identity === 'any' ? {} : { to: page.identity }) }
      return router.createUrlTree(['/sign-in'], { queryParams })
    }
    if (page.allowed(session)) return true
    return new RedirectCommand(router.createUrlTree(['/not-allowed']), { browserUrl: url })
  }
}
