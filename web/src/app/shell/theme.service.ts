import { DOCUMENT, effect, Injectable, inject, signal } from '@angular/core'

export type Theme = 'light' | 'dark'

const key = 'sallyport-theme'

/** Light or dark: as chosen, else as the system is. */
@Injectable({ providedIn: 'root' })
export class ThemeService {
  readonly #document = inject(DOCUMENT)
  readonly #theme = signal<Theme>('light')
  readonly theme = this.#theme.asReadonly()

  constructor() {
    effect(() => this.#document.documentElement.setAttribute('cds-theme', this.#theme()))
  }

  begin(): void {
    const window = this.#document.defaultView
    const system = window?.matchMedia('(prefers-color-scheme: dark)')
    const chosen = window?.localStorage.getItem(key)
    const systems = (): Theme => (system?.matches ? 'dark' : 'light')
    this.#theme.set(chosen === 'dark' || chosen === 'light' ? chosen : systems())
    system?.addEventListener('change', () => {
      if (window?.localStorage.getItem(key) === null) this.#theme.set(systems())
    })
  }

  toggle(): void {
    const theme = this.#theme() === 'dark' ? 'light' : 'dark'
    this.#theme.set(theme)
    this.#document.defaultView?.localStorage.setItem(key, theme)
  }
}
