import type { HttpInterceptorFn } from '@angular/common/http'
import { inject } from '@angular/core'
import { Router } from '@angular/router'
import { catchError, throwError } from 'rxjs'
import { SessionService, sessionUrl } from '../session/session.service.ts'
import { signedIn } from '../session/session.ts'
import { asApiError } from './api-error.ts'

/** NSX Manager has one status for who is not known and for who may not. @see nsx-api.md 0.7 */
const doubts = new Set([401, 403])

/** Makes every refusal an `ApiError`, and sends people whose session has ended to the sign-in. */
export const apiErrors: HttpInterceptorFn = (request, next) => {
  const router = inject(Router)
  const sessions = inject(SessionService)

  async function askWhoIsLeft(): Promise<void> {
    const ended = await sessions.ended()
    if (ended.length === 0) return
    const to = ended.length === 1 && signedIn(sessions.session(), 'any') ? { to: ended[0] } : {}
    await router.navigate(['/sign-in'], { queryParams: { ...to, next: router.url } })
  }

  return next(request).pipe(
    catchError((thrown: unknown) => {
      const error = asApiError(thrown)
      if (doubts.has(error.status) && request.url !== sessionUrl && !router.url.startsWith('/sign-in')) {
        askWhoIsLeft().catch(() => {})
      }
      return throwError(() => error)
    }),
  )
}
