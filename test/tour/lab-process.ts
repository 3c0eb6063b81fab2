import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Ready } from '../../src/serve.ts'
import { Client } from '../client.ts'
import { NsxvTerminal } from './nsxv-terminal.ts'

/** A lab in a process of its own, as its users start it. */
export interface LabProcess extends AsyncDisposable {
  /** Clients of the two managers, signed in as nobody. */
  managers: Record<'a' | 'b', Client>
  /** File of the certificate to trust. */
  ca: string
  /** Id of the first manager. */
  managerId: string
  /** Id of the first edge. */
  edgeId: string
  /** At the console of the NSX-v Manager. */
  nsxv: NsxvTerminal
  /** An empty folder for what shell lines write. */
  folder: string
}

export async function startLab(): Promise<LabProcess> {
  await using opened = new AsyncDisposableStack()
  const folder = opened.adopt(mkdtempSync(join(tmpdir(), 'sallyport-tour-')), (path) =>
    rmSync(path, { recursive: true }),
  )
  const bin = join(import.meta.dirname, '../../bin/sallyport.js')
  const child = spawn(process.execPath, [bin, 'serve', '--lab', '--https-port', '0', '--ssh-port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A fresh lab, whatever the settings of the one who looks on.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_'))),
  })
  const exited = once(child, 'exit')
  opened.defer(async () => {
    child.kill('SIGTERM')
    await exited
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = exited.then(() => {
    throw new Error(`The lab ended before it was ready:\n${said}`)
  })
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])

  const { managers, edges, nsxv: nsxvManager, ca }: Ready = JSON.parse(line)
  const trusted = readFileSync(ca, 'utf8')
  const [a, b] = managers.map(({ https }) => opened.adopt(new Client(https, trusted), (client) => client.close()))
  const [managerId, edgeId] = [managers[0]?.id, edges[0]?.id]
  if (!a || !b || !managerId || !edgeId || !nsxvManager) throw new Error(`The lab lacks an appliance: ${line}`)
  const nsxv = opened.use(new NsxvTerminal(nsxvManager.ssh))
  const closing = opened.move()
  return {
    managers: { a, b },
    ca,
    managerId,
    edgeId,
    nsxv,
    folder,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}
