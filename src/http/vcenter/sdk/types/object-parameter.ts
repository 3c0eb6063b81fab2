import { type Reference, reference } from './basic.ts'
import type { VimType } from './vim-type.ts'

/** An argument that is an object of a type, and what it takes to name it. */
export interface ObjectParameter extends VimType<Reference> {
  kind: string
  privilege?: string | undefined
}

export const objectOf = (kind: string, privilege?: string): ObjectParameter => ({ ...reference, kind, privilege })
