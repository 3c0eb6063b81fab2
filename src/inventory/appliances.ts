import type { ApplianceTable } from '../store/schema.ts'

/** A node that has accounts, an auth policy and a console. */
export type Appliance = ApplianceTable

export type Appliances = ReturnType<typeof createAppliances>

/** The managers of the cluster, its edges, vCenter, and the NSX Manager for vSphere where there is one; they do not change while the process runs. */
export function createAppliances(appliances: readonly Appliance[], clusterId: string) {
  const ofKind = (kind: Appliance['kind']) => appliances.filter((appliance) => appliance.kind === kind)
  const managers = ofKind('manager')
  const edges = ofKind('edge')
  const [vcenter] = ofKind('vcenter')
  const [nsxv] = ofKind('nsxv')
  if (!vcenter) throw new Error('the store has no vCenter')

  return {
    clusterId,
    managers,
    edges,
    vcenter,
    nsxv: nsxv as Appliance | undefined,
    /** As people know it; empty for none. */
    nameOf: (id: string): string => appliances.find((appliance) => appliance.id === id)?.name ?? '',
    manager: (id: string): Appliance | undefined => managers.find((appliance) => appliance.id === id),
    edge: (id: string): Appliance | undefined => edges.find((appliance) => appliance.id === id),
  }
}
