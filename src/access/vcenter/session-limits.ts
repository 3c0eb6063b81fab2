/** How long sessions live and how many there are. */
export interface VcenterSessionLimits {
  /** Seconds without a call after which a session ends. */
  idleTimeout: number
  /** Seconds after the sign-in that a session goes back to. */
  lifetime: number
  /** Of all faces together. @see vcenter-api.md 1.4 */
  maximum: number
  /** Of one user, that REST and JSON-RPC begin. @see vcenter-api.md 1.4 */
  maximumOfUser: number
}

export const defaultVcenterSessionLimits: VcenterSessionLimits = {
  idleTimeout: 120 * 60,
  lifetime: 24 * 60 * 60,
  maximum: 3000,
  maximumOfUser: 550,
}
