import { Component, computed, inject, signal } from '@angular/core'
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router'
import { ClarityIcons, ClrIcon, moonIcon, sunIcon, userIcon } from '@clr/angular/icon'
import { ClrMainContainerModule } from '@clr/angular/layout/main-container'
import { ClrNavigationModule } from '@clr/angular/layout/nav'
import { ClrVerticalNavModule } from '@clr/angular/layout/vertical-nav'
import { ClrDropdownModule } from '@clr/angular/popover/dropdown'
import { pages } from '../pages.ts'
import { ChangePasswordDialog } from '../session/change-password.dialog.ts'
import { IdleWarning } from '../session/idle-warning.ts'
import { SessionService } from '../session/session.service.ts'
import { hasOwnPassword, type Identity, signedIn } from '../session/session.ts'
import { ThemeService } from './theme.service.ts'

ClarityIcons.addIcons(moonIcon, sunIcon, userIcon)

/** What stands around every page: header, navigation, and who is signed in. */
@Component({
  selector: 'sp-shell',
  imports: [
    RouterOutlet,
    RouterLink,
    RouterLinkActive,
    ClrIcon,
    ClrMainContainerModule,
    ClrNavigationModule,
    ClrVerticalNavModule,
    ClrDropdownModule,
    ChangePasswordDialog,
    IdleWarning,
  ],
  templateUrl: './shell.html',
})
export class Shell {
  readonly #router = inject(Router)
  readonly #sessions = inject(SessionService)
  protected readonly theme = inject(ThemeService)
  protected readonly session = this.#sessions.session

  /** The pages that the person may read, under their headings. */
  protected readonly groups = computed(() => {
    const session = this.session()
    const readable = pages.filter((page) => signedIn(session, page.identity) && page.allowed(session))
    return [...Map.groupBy(readable, (page) => page.group)].map(([title, entries]) => ({ title, pages: entries }))
  })

  /** The sign-ins that the person does not have yet. */
  protected readonly missing = computed(() => {
    const session = this.session()
    const all = [
      { to: 'nsx' as const, title: 'Sign in to NSX' },
      { to: 'vcenter' as const, title: 'Sign in to vCenter' },
    ]
    return all.filter(({ to }) => session[to] === null)
  })

  /** Whose password is being changed. */
  protected readonly changing = signal<Identity | undefined>(undefined)
  protected readonly mayChange = (identity: Identity): boolean => hasOwnPassword(this.session(), identity)

  protected readonly names = computed(() => {
    const { nsx, vcenter } = this.session()
    return [
      ...(nsx ? [{ identity: 'nsx' as const, appliance: 'NSX', name: nsx.user_name }] : []),
      ...(vcenter
        ? [{ identity: 'vcenter' as const, appliance: 'vCenter', name: `${vcenter.user_name}@${vcenter.domain}` }]
        : []),
    ]
  })

  protected async signOut(identity?: Identity): Promise<void> {
    await this.#sessions.signOut(identity)
    // What the page showed may have been the other's.
    await this.#router.navigateByUrl(signedIn(this.session(), 'any') ? '/' : '/sign-in')
  }
}
