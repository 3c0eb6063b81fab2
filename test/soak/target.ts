/** What is attacked. All of it goes to an attacker's process as JSON. */
export interface Target {
  /** Base URLs of the first manager, which is vCenter too, and of the NSX-v Manager. */
  manager: string
  nsxv: string
  /** Who reads much in vCenter, and who searches the audit log: two who are known. */
  reader: Account
  auditor: Account
}

export interface Account {
  name: string
  password: string
}

/** How often each thing happened: an HTTP status, or the code of what a connection ended with. */
export type Outcomes = Map<string, number>

/**
 * One way to be a burden, which goes on until it is told to end.
 *
 * @param connections How many connections it may have at a time.
 * @param from The address that it comes from, one of this machine's.
 */
export type Attack = (
  target: Target,
  connections: number,
  from: string,
  outcomes: Outcomes,
  ended: AbortSignal,
) => Promise<void>

export function count(outcomes: Outcomes, outcome: string | number): void {
  outcomes.set(String(outcome), (outcomes.get(String(outcome)) ?? 0) + 1)
}

/** So many loops beside one another, each of which goes on until the end, whatever becomes of one round. */
export async function loops(many: number, ended: AbortSignal, round: (number: number) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: many }, async (_, number) => {
      while (!ended.aborted) await round(number)
    }),
  )
}
