import labels from './privilege-labels.json' with { type: 'json' }
import catalogue from './privileges.json' with { type: 'json' }

/** An action that roles give and permissions are checked for. */
export interface Privilege {
  /** The group's name and its own, such as `VirtualMachine.Interact.PowerOn`. */
  readonly id: string
  readonly group: string
  /** What people call the group. */
  readonly groupLabel: string
  readonly name: string
  /** What vSphere Client and PowerCLI call it. */
  readonly label: string
  readonly description: string
  /** Whether it has to hold on the parent object too. */
  readonly onParent: boolean
}

const onParent = new Set(catalogue.onParent)

const known: Record<string, Record<string, string>> = labels

/**
 * As "Defined Privileges" of vSphere Security 8.0 has it, and of the other privileges their names in words.
 *
 * @param name The last part of which may be the only one in camel case.
 */
function labelOf(group: string, name: string): string {
  const words = (name.split('.').at(-1) ?? name).replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
  return known[group]?.[name] ?? words.charAt(0) + words.slice(1).toLowerCase()
}

/** Every privilege there is, in the order of the ids. @see vcenter-privileges.json */
export const privileges: ReadonlyMap<string, Privilege> = new Map(
  Object.entries(catalogue.groups)
    .flatMap(([group, { label, privileges }]) =>
      Object.entries(privileges).map(([name, description]) => {
        const id = `${group}.${name}`
        return {
          id,
          group,
          groupLabel: label,
          name,
          label: labelOf(group, name),
          description,
          onParent: onParent.has(id),
        }
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((privilege) => [privilege.id, privilege]),
)

/** Of every privilege: it counts how often one was modified, and none has been. @see vcenter-api.md 2.3 */
export const privilegeVersion = 0

/** What every role that people make has, whether it is asked for or not. @see vcenter-api.md 2.1 */
export const systemPrivileges = ['System.Anonymous', 'System.Read', 'System.View'] as const
