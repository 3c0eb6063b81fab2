import { ChangeDetectorRef, Component, computed, inject, resource, signal } from '@angular/core'
import { ClrDatagridModule } from '@clr/angular/data/datagrid'
import { ClrTreeViewModule } from '@clr/angular/data/tree-view'
import { Dialog } from '../shared/dialog.ts'
import { ErrorAlert } from '../shared/error-alert.ts'
import { Notice } from '../shared/notice.ts'
import { SsoGroupDialog } from './group.dialog.ts'
import { SsoMemberDialog } from './member.dialog.ts'
import { SsoService } from './sso.service.ts'
import { type ListedGroup, type SsoMember, ssoDomain } from './sso.ts'

type What = 'create' | 'edit' | 'delete' | 'add' | 'remove'

interface Asked {
  what: What
  group?: ListedGroup
  member?: SsoMember
}

/** The groups of vsphere.local, who is in them, and which groups are in which. */
@Component({
  selector: 'sp-sso-groups',
  imports: [ClrDatagridModule, ClrTreeViewModule, Dialog, ErrorAlert, Notice, SsoGroupDialog, SsoMemberDialog],
  templateUrl: './groups.page.html',
})
export class SsoGroupsPage {
  readonly #sso = inject(SsoService)
  readonly #view = inject(ChangeDetectorRef)

  protected readonly groups = resource({ loader: () => this.#sso.groups() })
  /** Whose members are shown beside the list. */
  protected readonly detail = signal<ListedGroup | undefined>(undefined)
  readonly #shown = computed(() => this.detail()?.name)
  protected readonly members = resource({
    params: () => this.#shown(),
    loader: ({ params: name }) => this.#sso.members(name),
  })
  protected readonly nested = computed(() => (this.members.hasValue() ? this.members.value().filter(isOurGroup) : []))
  protected readonly asked = signal<Asked | undefined>(undefined)
  protected readonly notice = signal('')
  protected readonly error = signal<unknown>(undefined)
  protected readonly isOurGroup = isOurGroup

  /** For the tree, which asks when somebody opens a group, and does not notice by itself when the answer is there. */
  protected readonly membersOf = (member: SsoMember): Promise<SsoMember[]> | SsoMember[] => {
    if (!isOurGroup(member)) return []
    const members = this.#sso.members(member.name).catch((error: unknown) => {
      this.error.set(error)
      return []
    })
    void members.then(() => setTimeout(() => this.#view.markForCheck()))
    return members
  }

  protected ask(asked: Asked): void {
    this.notice.set('')
    this.error.set(undefined)
    this.asked.set(asked)
  }

  protected done(said: string): void {
    this.asked.set(undefined)
    this.notice.set(said)
    this.groups.reload()
  }

  /** The list is not asked for anew: the members that are open beside it would close. */
  protected doneWithMember(said: string, change: 1 | -1): void {
    this.#group().member_count += change
    this.asked.set(undefined)
    this.notice.set(said)
    this.members.reload()
  }

  protected readonly remove = (): Promise<unknown> => this.#sso.removeGroup(this.#group())
  protected readonly removeMember = (): Promise<unknown> => {
    const member = this.asked()?.member
    if (!member) throw new Error('a member is asked about')
    return this.#sso.removeMember(this.#group(), member)
  }

  #group(): ListedGroup {
    const group = this.asked()?.group
    if (!group) throw new Error('a group is asked about')
    return group
  }
}

/** Of a directory's groups nobody here knows the members. */
const isOurGroup = ({ type, domain }: SsoMember): boolean => type === 'group' && domain === ssoDomain
