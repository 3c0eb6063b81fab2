import type { Iteration } from '../../../access/vcenter/authorization/pages.ts'
import { type Structure, t } from '../vapi/types.ts'

/** Roles, permissions and privileges are paged alike. @see vcenter-api.md 2.1, paging */
export const iterationSpec = (service: string) =>
  t.structure(`${service}.iteration_spec`, { page_size: t.optional(t.integer), marker: t.optional(t.string) })

export const listResult = <const Item extends Structure>(service: string, item: Item) =>
  t.structure(`${service}.list_result`, { items: t.list(item), marker: t.optional(t.string) })

export function pageOf(iterate: { page_size?: number | undefined; marker?: string | undefined } = {}): Iteration {
  return { pageSize: iterate.page_size, marker: iterate.marker }
}
