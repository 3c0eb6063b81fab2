import { HttpErrorResponse } from '@angular/common/http'

/** A refusal of any surface, in one shape. */
export class ApiError extends Error {
  readonly status: number
  /** Stable, as the surface writes it; empty where it has none. */
  readonly code: string
  /** The field that is wrong; undefined where the surface does not say. */
  readonly field: string | undefined
  /** Whose user it is about, where the surface says so. */
  readonly surface: string | undefined

  constructor(status: number, code: string, message: string, field?: string, surface?: string) {
    super(message)
    this.status = status
    this.code = code
    this.field = field
    this.surface = surface
  }
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** The message of a page that stands for a refusal. @see nsxv-api.md 3.2 */
const pageTitle = /<h1>HTTP Status \d+ - ([^<]*)<\/h1>/

/** What NSX Manager's own codes are about, where its text does not say. */
const nsxFields: Record<string, string> = {
  36501: 'username',
  36502: 'password',
  36503: 'old_password',
  36506: 'label',
}

/** How NSX Manager names a property that is wrong, without what it wraps around that. @see nsx-api.md 0.9 */
function readNsx(code: string, text: string): { code: string; message: string; field?: string } {
  const message = /^Field level validation errors: \{(.*)\}$/s.exec(text)?.[1] ?? text
  const named =
    /^(?:required )?property (\S+) |^value .* of property (\S+) (?:is|does) |^(\S+) (?:is not a valid property|has exceeded|is below)/s
  const field = nsxFields[code] ?? (code === '255' ? named.exec(message)?.slice(1).find(Boolean) : undefined)
  return { code, message, ...(field ? { field } : {}) }
}

interface Said {
  code: string
  message: string
  field?: string
  surface?: string
}

/** What each surface's error body says. @see nsx-api.md 0.7, nsxv-api.md 1, vcenter-api.md 1 */
function read(body: unknown): Said | undefined {
  if (typeof body === 'string') {
    try {
      return read(JSON.parse(body))
    } catch {
      // NSX for vSphere answers in XML to whoever does not ask for JSON, and sometimes with a page.
      const details = (/<details>([^<]*)<\/details>/.exec(body) ?? pageTitle.exec(body))?.[1]
      return details === undefined ? undefined : { code: '', message: details }
    }
  }
  if (typeof body !== 'object' || body === null) return undefined
  const answer = body as Record<string, unknown>
  const own = answer.error as Record<string, unknown> | undefined
  if (own) {
    const [field, surface] = [text(own.field), text(own.surface)]
    return {
      code: text(own.code),
      message: text(own.message),
      ...(field ? { field } : {}),
      ...(surface ? { surface } : {}),
    }
  }
  if ('error_message' in answer) return readNsx(text(answer.error_code), text(answer.error_message))
  if ('details' in answer) return { code: text(answer.errorCode), message: text(answer.details) }
  if ('messages' in answer) {
    const [first] = answer.messages as { default_message?: string }[]
    return { code: text(answer.error_type), message: first?.default_message ?? text(answer.error_type) }
  }
  return undefined
}

/** Whatever was thrown by a call, as an error for people. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (!(error instanceof HttpErrorResponse)) throw error
  if (error.status === 0) return new ApiError(0, 'unreachable', 'The server cannot be reached.')
  const said = read(error.error)
  return new ApiError(
    error.status,
    said?.code ?? '',
    said?.message || `The server answered ${error.status}.`,
    said?.field,
    said?.surface,
  )
}
