import type { HttpInterceptorFn } from '@angular/common/http'
import { inject } from '@angular/core'
import { Router } from '@angular/router'
import { catchError, throwError } from 'rxjs'
import { SessionService } from '../session/session.service.ts'
import { asApiError } from './api-error.ts'

/** Makes every refusal an `ApiError`, and sends people whose session has ended to the sign-in. */
export const apiErrors: HttpInterceptorFn = (request, next) => {
  const router = inject(Router)
  const sessions = inject(SessionService)
  return next(request).pipe(
    catchError((thrown: unknown) => {
      const error = asApiError(thrown)
      if (error.status === 401 && request.url !== '/sallyport/v1/session' && !router.url.startsWith('/sign-in')) {
        sessions.ended()
        void router.navigate(['/sign-in'], { queryParams: { next: router.url } })
      }
      return throwError(() => error)
    }),
  )
}
