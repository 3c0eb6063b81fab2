/** What happened, once, as the journal keeps it. Each surface renders its own wire form from it. */
export interface AuditRecord {
  /** Milliseconds since 1970, UTC. */
  at: number
  /** Name of the appliance that served the call. */
  host: string
  /** Of the process that served it. */
  pid: number
  /** Absent: NSX Manager's. */
  surface?: 'vcenter' | 'nsxv'
  /** What the appliance is; absent: a manager. */
  comp?: 'nsx-edge'
  kind:
    | 'node-call'
    | 'call'
    | 'sign-in'
    | 'sign-out'
    | 'unauthenticated'
    | 'console-start'
    | 'console-stop'
    | 'console-command'
  /** Who called; for a refused sign-in the name that was given, empty when there was none. */
  user: string
  /** Of a caller who is somebody of vCenter's and of NSX Manager's at once: who they are in the other. */
  otherUser?: string
  /** Of a wrong password, at a sign-in or where the old one is asked for, that has locked the account. */
  locks?: true
  /** The caller's address. */
  source: string
  requestId: string
  externalRequestId?: string
  externalUser?: string
  /** `SSH` for what happens on a console. */
  method: string
  /** On a console the command; secrets are masked. */
  url: string
  /** On a console 200, or 403 and 400 for what failed. */
  status: number
  /**
   * What became of a relayed call where the status does not say: `unknown`: the upstream may have made the change or
   * not; `cut-off`: the answer broke off after it had begun, as this second record of the call says.
   */
  outcome?: 'unknown' | 'cut-off'
  /** Length of the answer's body. */
  bytes: number
  agent: string
  /** From the request's arrival to the answer being ready, in microseconds. */
  micros: number
  /** Of a vCenter call: in which of its languages it was made, and what the client calls it. */
  face?: 'rest' | 'legacy' | 'json-rpc' | 'soap' | 'sallyport'
  opId?: string
  /** How many refusals like this one there were besides the one that was recorded at once. */
  count?: number
  /**
   * Name of the error that a vCenter call was answered with; of what was no call, why it was refused; of a relayed
   * call, why the upstream gave no answer.
   */
  error?: string
  /** What the call is, in words; node API calls have none. */
  module?: string
  operation?: string
  /** Of calls that change something, whether they did or were refused. */
  write?: true
  /** Identifier of the object that was changed. */
  entity?: string
  /** The object before and after a change, as far as it is no secret. */
  before?: unknown
  after?: unknown
  /** What the call was given: identifiers of the path, then the body. Secrets are masked. */
  parameters?: unknown[]
}

/** Whether a record is one of NSX Manager's log, which has none of the others'. */
export const isNsxRecord = (record: AuditRecord) => record.surface === undefined
