import type { HttpInterceptorFn } from '@angular/common/http'
import { inject } from '@angular/core'
import { SessionService } from '../session/session.service.ts'
import { isBackground } from './background.ts'

/** Without its token the server takes no session's cookie. */
export const tokens: HttpInterceptorFn = (request, next) => {
  const { nsx, vcenter } = inject(SessionService).session()
  return next(
    request.clone({
      setHeaders: {
        ...(nsx ? { 'X-XSRF-TOKEN': nsx.xsrf_token } : {}),
        ...(vcenter ? { 'X-Vcenter-Xsrf-Token': vcenter.xsrf_token } : {}),
        ...(request.context.get(isBackground) ? { 'X-Sallyport-Background': '1' } : {}),
      },
    }),
  )
}
