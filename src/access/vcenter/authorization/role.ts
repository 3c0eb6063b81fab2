/** A set of privileges by a name. Never changes: a change puts a new one in its place. */
export interface Role {
  /** An int32 of either sign, the same on every face. */
  readonly id: number
  readonly name: string
  /** What people call it; its name, where people made it. */
  readonly label: string
  readonly description: string
  readonly privileges: ReadonlySet<string>
  /** Whether it came with the server; only then it cannot be changed. */
  readonly system: boolean
  /** Whether a permission can give it. @see vcenter-api.md 4.1, R10 */
  readonly grantable: boolean
}

export type FindRole = (id: number) => Role | undefined
