import { Injectable, inject } from '@angular/core'
import { Title } from '@angular/platform-browser'
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router'

/** The browser's title says which page it is: screen readers read it out when it changes. */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  readonly #title = inject(Title)

  override updateTitle(state: RouterStateSnapshot): void {
    const title = this.buildTitle(state)
    this.#title.setTitle(title ? `${title} - Sallyport` : 'Sallyport')
  }
}
