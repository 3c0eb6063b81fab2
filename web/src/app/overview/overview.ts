type Counts = Partial<Record<'nsx' | 'vcenter' | 'ssh', number>>

/** How things stand; each part is there for those who may read it. @see GET /sallyport/v1/overview */
export interface Overview {
  nodes: { id: string; name: string; kind: 'manager' | 'edge' | 'vcenter' | 'nsxv' }[]
  sessions: Counts
  locked: Pick<Counts, 'nsx' | 'vcenter'>
  refused_sign_ins?: HourOfSignIns[]
  /** Accounts that wrong passwords have locked. */
  lockouts?: HourOfSignIns[]
  /** There were so many calls that not all have been counted yet. */
  refused_sign_ins_incomplete?: true
  expiring_passwords?: {
    within_days: number
    accounts: { surface: 'nsx' | 'vcenter'; edge?: string; user_name: string; days: number; expired: boolean }[]
    total: number
  }
  audit?: {
    records: number
    last_recorded?: string
    verified: { at: string; intact: boolean; records: number; problem?: string } | null
  }
}

/** Sign-ins that were refused within an hour. */
export interface HourOfSignIns {
  /** When it begins. */
  hour: string
  nsx?: number
  vcenter?: number
  nsxv?: number
}

export const surfaceNames = { nsx: 'NSX Manager', vcenter: 'vCenter', nsxv: 'NSX for vSphere' } as const

export const totalOf = ({ nsx = 0, vcenter = 0, nsxv = 0 }: HourOfSignIns): number => nsx + vcenter + nsxv

export const nodeKinds: Record<Overview['nodes'][number]['kind'], string> = {
  manager: 'NSX Manager',
  edge: 'Edge',
  vcenter: 'vCenter Server',
  nsxv: 'NSX Manager for vSphere',
}
