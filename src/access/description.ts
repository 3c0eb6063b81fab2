export type Tags = { scope?: string; tag?: string }[]

/** What a caller may say about a managed resource beside what it is. */
export interface Description {
  display_name?: string
  description?: string
  tags?: Tags
}
