import { mayInNsx, type Session } from '../session/session.ts'

export type Surface = 'nsx' | 'nsxv' | 'vcenter'

/** The surfaces whose audit records the person may read. */
export function readableSurfaces(session: Session): Surface[] {
  const { vcenter } = session
  const may: Record<Surface, boolean> = {
    nsx: mayInNsx(session, 'system_log'),
    nsxv: vcenter !== null && (vcenter.administrator || vcenter.nsxv_role !== null),
    vcenter: vcenter?.administrator === true,
  }
  return (Object.keys(may) as Surface[]).filter((surface) => may[surface])
}
