import { Component, computed, effect, inject, input, linkedSignal, resource, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms'
import { Router, RouterLink } from '@angular/router'
import { ClrCommonFormsModule, ClrDatalistModule } from '@clr/angular/forms'
import { ErrorAlert } from '../shared/error-alert.ts'
import { EntryWords } from './entry-words.ts'
import { Explanation } from './explanation.ts'
import { ObjectLink } from './object-link.ts'
import { ObjectPicker } from './object-picker.ts'
import { PrincipalFields, principalControls, principalIn } from './principal-fields.ts'
import { VsphereService } from './vsphere.service.ts'
import {
  type AllowedPrincipal,
  type Explanation as Decision,
  globalRoot,
  type HeldPrivileges,
  type InventoryObject,
  kindOf,
  nameOf,
  type Place,
  type Principal,
  type PrincipalType,
  principalName,
  roleName,
} from './vsphere.ts'

/** What is asked: two of the three, or all of them. */
interface Question {
  principal: Principal | undefined
  privilege: string
  object: string
}

/** The answer to a question; which of them it is depends on what was left open. */
interface Answer {
  decision?: Decision
  who?: { principals: AllowedPrincipal[]; next_cursor?: string }
  where?: { objects: Place[]; next_cursor?: string }
  held?: HeldPrivileges
}

const globally: InventoryObject = { id: globalRoot, type: globalRoot }
const defaultDomain = 'vsphere.local'

/** Who may do what where in vCenter: whatever of the three is left open is the answer. */
@Component({
  selector: 'sp-who-can',
  imports: [
    ReactiveFormsModule,
    RouterLink,
    ClrCommonFormsModule,
    ClrDatalistModule,
    EntryWords,
    ErrorAlert,
    Explanation,
    ObjectLink,
    ObjectPicker,
    PrincipalFields,
  ],
  templateUrl: './who-can.page.html',
})
export class WhoCanPage {
  readonly #vsphere = inject(VsphereService)
  readonly #router = inject(Router)
  // What is asked stands in the address: answers can be passed on, and one can go back to them.
  readonly type = input<PrincipalType>()
  readonly principal = input<string>()
  readonly domain = input<string>()
  readonly privilege = input<string>()
  readonly object = input<string>()

  protected readonly form = new FormGroup({
    ...principalControls({ type: 'USER', name: '', domain: defaultDomain }),
    privilege: new FormControl('', { nonNullable: true }),
  })
  protected readonly chosen = linkedSignal<InventoryObject | undefined>(() => {
    const id = this.object()
    if (!id) return undefined
    return this.named.hasValue() ? this.named.value() : { id, type: id }
  })
  protected readonly groups = resource({ loader: () => this.#vsphere.privileges() })
  protected readonly named = resource({
    params: () => this.object() || undefined,
    loader: async ({ params }): Promise<InventoryObject> =>
      params === globalRoot ? globally : this.#vsphere.object(params),
  })

  readonly #question = computed<Question | undefined>(() => {
    const name = this.principal()
    const principal = name ? { type: this.type() ?? 'USER', name, domain: this.domain() || defaultDomain } : undefined
    const question = { principal, privilege: this.privilege() ?? '', object: this.object() ?? '' }
    const given = [principal, question.privilege, question.object].filter(Boolean).length
    return given < 2 ? undefined : question
  })
  protected readonly first = resource({ params: () => this.#question(), loader: ({ params }) => this.#ask(params) })
  protected readonly answer = linkedSignal<Answer | undefined>(() =>
    this.first.hasValue() ? this.first.value() : undefined,
  )
  protected readonly error = signal<unknown>(undefined)
  protected readonly lacking = signal(false)

  protected readonly globally = globally
  protected readonly nameOf = nameOf
  protected readonly kindOf = kindOf
  protected readonly principalName = principalName
  protected readonly roleName = roleName

  constructor() {
    // Who asks may name nobody.
    this.form.controls.principal.setValidators(Validators.maxLength(256))
    effect(() => {
      this.form.setValue({
        type: this.type() ?? 'USER',
        principal: this.principal() ?? '',
        domain: this.domain() || defaultDomain,
        privilege: this.privilege() ?? '',
      })
    })
  }

  protected ask(): void {
    const { controls } = this.form
    const { type, name, domain } = principalIn(controls)
    const privilege = controls.privilege.value.trim()
    const object = this.chosen()?.id
    this.error.set(undefined)
    this.lacking.set([name, privilege, object].filter(Boolean).length < 2)
    if (this.lacking()) return
    const queryParams = {
      ...(name ? { type, principal: name, domain } : {}),
      ...(privilege ? { privilege } : {}),
      ...(object ? { object } : {}),
    }
    void this.#router.navigate([], { queryParams })
  }

  async #ask({ principal, privilege, object }: Question, cursor?: string): Promise<Answer> {
    if (!principal) return { who: await this.#vsphere.whoMay(object, privilege, cursor) }
    if (!object) return { where: await this.#vsphere.where(principal, privilege, cursor) }
    if (!privilege) return { held: await this.#vsphere.privilegesOf(principal, object) }
    return { decision: await this.#vsphere.explain(principal, object, privilege) }
  }

  protected async more(cursor: string): Promise<void> {
    const question = this.#question()
    const before = this.answer()
    if (!question || !before) return
    try {
      const next = await this.#ask(question, cursor)
      if (before.who && next.who) {
        this.answer.set({ who: { ...next.who, principals: [...before.who.principals, ...next.who.principals] } })
      }
      if (before.where && next.where) {
        this.answer.set({ where: { ...next.where, objects: [...before.where.objects, ...next.where.objects] } })
      }
    } catch (error) {
      this.error.set(error)
    }
  }

  /** The permissions that give a privilege, of those that decide. */
  protected readonly giving = ({ entries }: HeldPrivileges, permissions: string[]) =>
    entries.filter(({ permission }) => permissions.includes(permission))
}
