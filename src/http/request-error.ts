export type RequestErrorCode =
  | 'url_not_canonical'
  | 'path_unknown'
  | 'method_unknown'
  | 'media_type_unknown'
  | 'not_acceptable'
  | 'body_malformed'
  | 'body_too_large'
  | 'field_unexpected'
  | 'service_unknown'
  | 'operation_unknown'
  | 'not_built'
  | 'upstream_failed'
  | 'upstream_timeout'
  | 'client_gone'

/** A request that cannot be understood, before any rule of access is asked. */
export class RequestError extends Error {
  override name = 'RequestError'
  readonly code: RequestErrorCode

  constructor(code: RequestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
