import type { Attack } from '../target.ts'
import { bodies } from './bodies.ts'
import { readers } from './readers.ts'
import { signIns } from './sign-ins.ts'
import { silent } from './silent.ts'

/** The attacks by their names, each with its part of the connections and the address that it comes from. */
export const attacks: Readonly<Record<string, { attack: Attack; share: number; from: string }>> = {
  bodies: { attack: bodies, share: 0.3, from: '127.0.0.2' },
  'sign-ins': { attack: signIns, share: 0.3, from: '127.0.0.3' },
  silent: { attack: silent, share: 0.3, from: '127.0.0.4' },
  readers: { attack: readers, share: 0.1, from: '127.0.0.5' },
}
