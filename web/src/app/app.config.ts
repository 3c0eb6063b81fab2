import { provideHttpClient, withInterceptors } from '@angular/common/http'
import {
  type ApplicationConfig,
  inject,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
} from '@angular/core'
import { provideAnimations } from '@angular/platform-browser/animations'
import { provideRouter, TitleStrategy, withComponentInputBinding, withInMemoryScrolling } from '@angular/router'
import { apiErrors } from './api/api-errors.ts'
import { tokens } from './api/tokens.ts'
import { routes } from './app.routes.ts'
import { IdleService } from './session/idle.service.ts'
import { SessionService } from './session/session.service.ts'
import { PageTitle } from './shell/page-title.ts'
import { ThemeService } from './shell/theme.service.ts'

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideAnimations(),
    provideHttpClient(withInterceptors([apiErrors, tokens])),
    provideRouter(routes, withComponentInputBinding(), withInMemoryScrolling({ scrollPositionRestoration: 'enabled' })),
    { provide: TitleStrategy, useClass: PageTitle },
    provideAppInitializer(() => {
      inject(ThemeService).begin()
      inject(IdleService).begin()
      return inject(SessionService).refresh()
    }),
  ],
}
