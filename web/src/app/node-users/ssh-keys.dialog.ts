import { Component, computed, effect, inject, input, output, resource, signal } from '@angular/core'
import { FormControl, FormGroup, ReactiveFormsModule, type ValidatorFn, Validators } from '@angular/forms'
import { ClrInputModule, ClrPasswordModule, ClrSelectModule, ClrTextareaModule } from '@clr/angular/forms'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { ProblemPipe } from '../shared/problem.pipe.ts'
import { NodeUsersService } from './node-users.service.ts'
import { isReserved, type NodeUser, type Realm, type SshKey } from './node-users.ts'
import { readPublicKey } from './public-key.ts'

const isPublicKey: ValidatorFn = ({ value }) => {
  const read = value ? readPublicKey(value) : undefined
  return typeof read === 'string' ? { key: read } : null
}

/** The SSH keys of a local user: what there is, one more, one less. */
@Component({
  selector: 'sp-ssh-keys-dialog',
  imports: [
    ReactiveFormsModule,
    ClrInputModule,
    ClrPasswordModule,
    ClrSelectModule,
    ClrTextareaModule,
    Dialog,
    ErrorAlert,
    Notice,
    ProblemPipe,
  ],
  templateUrl: './ssh-keys.dialog.html',
})
export class SshKeysDialog {
  readonly #users = inject(NodeUsersService)
  readonly realm = input.required<Realm>()
  readonly user = input.required<NodeUser>()
  /** Whether the person may add and remove keys. */
  readonly mayChange = input(false)
  readonly closed = output()

  protected readonly node = new FormControl('', { nonNullable: true })
  readonly #nodeId = signal('')
  protected readonly current = computed(() => this.realm().nodes.find(({ id }) => id === this.#nodeId()))
  protected readonly keys = resource({
    params: () => this.current(),
    loader: ({ params: node }) => this.#users.keys(node, this.user()),
  })
  /** What is to be seen: the list, the form for a new key, or the question about one that shall go. */
  protected readonly view = signal<'list' | 'add' | SshKey>('list')
  protected readonly notice = signal('')
  protected readonly leaving = computed(() => {
    const view = this.view()
    return typeof view === 'string' ? undefined : view
  })

  protected readonly form = computed(() => this.#formFor(this.view()))

  constructor() {
    effect(() => this.node.setValue(this.realm().nodes[0]?.id ?? ''))
    this.node.valueChanges.subscribe((id) => this.#nodeId.set(id))
  }

  /** The password of root and admin is asked for: without it the appliance lets nobody put keys to them. */
  protected needsPassword(): boolean {
    return isReserved(this.user())
  }

  #formFor(view: 'list' | 'add' | SshKey) {
    const text = (disabled: boolean, ...validators: ValidatorFn[]) =>
      new FormControl({ value: '', disabled }, { nonNullable: true, validators: [Validators.required, ...validators] })
    const form = new FormGroup({
      // Called as what the server names when it finds the key wrong.
      value: text(view !== 'add', isPublicKey),
      label: text(view !== 'add', Validators.maxLength(255)),
      old_password: text(!this.needsPassword()),
    })
    // The comment of a key mostly says whose it is.
    form.controls.value.valueChanges.subscribe((line) => {
      const read = readPublicKey(line)
      const { label } = form.controls
      if (typeof read === 'object' && read.label && !label.dirty) label.setValue(read.label)
    })
    return form
  }

  protected readonly add = (): Promise<unknown> => {
    const { value, label, old_password } = this.form().getRawValue()
    const read = readPublicKey(value) as SshKey
    return this.#users.addKey(this.#node(), this.user(), { ...read, label }, old_password)
  }

  protected readonly remove = (): Promise<unknown> => {
    const { label } = this.leaving() as SshKey
    return this.#users.removeKey(this.#node(), this.user(), label, this.form().getRawValue().old_password)
  }

  protected back(said = ''): void {
    this.notice.set(said)
    this.view.set('list')
    if (said) this.keys.reload()
  }

  #node() {
    const node = this.current()
    if (!node) throw new Error('a key is changed on an appliance')
    return node
  }
}
