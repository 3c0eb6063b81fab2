import type { SdkCall } from '../call.ts'
import { inferred } from '../inferred.ts'
import { isKindOf, type ManagedType, propertyNames } from '../managed-type.ts'
import type { Registry } from '../registry.ts'
import type { Version } from '../release.ts'
import type { Reference } from '../types/basic.ts'
import { vimFault } from '../types/faults.ts'
import type { PropertyFilterSpec, PropertySpec, SelectionSpec } from '../types/property-collector.ts'
import { invalid } from '../types/vim-type.ts'
import { type PropertyPath, resolvePath } from './path.ts'

/** What a filter spec asks for, its selections tied together and its paths found. */
export interface Filter {
  readonly starts: readonly { reference: Reference; skip: boolean; steps: readonly Step[] }[]
  readonly reportsMissingObjects: boolean
  /** What is asked of objects of a type; undefined: nothing, not even whether they are there. */
  pathsOf(type: ManagedType): readonly PropertyPath[] | undefined
}

/** From objects of a type along a property to others, and on from there. */
export interface Step {
  readonly type: string
  readonly path: string
  /** Whether what it leads to is only passed through. */
  readonly skip: boolean
  readonly next: readonly Step[]
}

/**
 * @param at Where the spec is in the arguments.
 * @throws {AccessError} `invalid_field`; {VimFault} `InvalidProperty`
 */
export function compileFilter(
  spec: PropertyFilterSpec,
  at: string,
  { registry, version }: Pick<SdkCall, 'registry' | 'version'>,
): Filter {
  const paths = spec.propSet.reduce((sum, { pathSet }) => sum + pathSet.length, 0)
  if (paths > inferred.pathsOfFilter) throw invalid(at, `has more than ${inferred.pathsOfFilter} property paths`)
  for (const property of spec.propSet) requireKnownPaths(property, registry, version)
  const { objectSet, reportMissingObjectsInResults = false } = spec
  const stepsOf = compileSelections(
    objectSet.map(({ selectSet }) => selectSet),
    at,
  )
  const known = new Map<ManagedType, readonly PropertyPath[] | undefined>()
  return {
    starts: objectSet.map(({ obj, skip = false, selectSet }) => ({ reference: obj, skip, steps: stepsOf(selectSet) })),
    reportsMissingObjects: reportMissingObjectsInResults,
    pathsOf(type) {
      if (!known.has(type)) known.set(type, pathsOf(type, spec.propSet, version))
      return known.get(type)
    },
  }
}

/** A type that is not known here has no objects here. */
function requireKnownPaths({ type: name, pathSet }: PropertySpec, { typeNamed }: Registry, version: Version): void {
  const type = typeNamed(name)
  if (!type) return
  for (const path of pathSet) {
    if (!resolvePath(type, path, version))
      throw vimFault('InvalidProperty', `${name} has no property ${path}`, { name: path })
  }
}

function pathsOf(type: ManagedType, specs: readonly PropertySpec[], version: Version): PropertyPath[] | undefined {
  const applying = specs.filter((spec) => isKindOf(type, spec.type))
  if (applying.length === 0) return undefined
  const names = new Set(applying.flatMap(({ all, pathSet }) => (all ? propertyNames(type, version) : pathSet)))
  return [...names].map((name) => resolvePath(type, name, version)).filter((path) => path !== undefined)
}

/** Ties selections together: a name stands for the selection of that name, wherever in the filter it is defined. */
function compileSelections(sets: readonly SelectionSpec[][], at: string): (set: SelectionSpec[]) => Step[] {
  interface Growing extends Step {
    next: Step[]
  }
  const steps = new Map<SelectionSpec, Growing>()
  const named = new Map<string, Growing>()

  function define(set: readonly SelectionSpec[]): void {
    for (const selection of set) {
      const { name, traversal } = selection
      if (!traversal) continue
      const { type, path, skip, selectSet } = traversal
      const step: Growing = { type, path, skip, next: [] }
      if (steps.size >= inferred.selectionsOfFilter) throw invalid(at, 'has too many selections')
      steps.set(selection, step)
      if (name !== undefined) named.set(name, step)
      define(selectSet)
    }
  }
  function find(set: readonly SelectionSpec[]): Growing[] {
    return set.map((selection) => {
      const step = steps.get(selection) ?? named.get(selection.name ?? '')
      if (!step) throw invalid(at, `has no selection named ${selection.name ?? ''}`)
      return step
    })
  }

  for (const set of sets) define(set)
  for (const [{ traversal }, step] of steps) step.next = find(traversal?.selectSet ?? [])
  return find
}
