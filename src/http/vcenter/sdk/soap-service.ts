import type { Registry } from './registry.ts'

/** One of the languages that vCenter speaks over SOAP. */
export interface SoapService {
  /** Before the names of its methods in the audit log. */
  readonly name: string
  /** Of all that it names. */
  readonly namespace: string
  readonly paths: readonly string[]
  readonly registry: Registry
}
