import { AccessError } from '../../../access/errors.ts'
import { RequestError } from '../../request-error.ts'
import { SignatureError } from '../../xml/signature.ts'
import { element } from '../../xml/write.ts'
import { vcenterFace } from '../faces.ts'
import { wst } from '../saml/names.ts'
import { writeFault } from '../sdk/envelope.ts'
import { requestProblem } from '../sdk/errors.ts'
import { soapMediaType } from '../sdk/face.ts'

/** The kinds of faults of WS-Trust 1.3 and 1.4, 11, that are answered. */
type TrustFault = 'FailedAuthentication' | 'InvalidRequest' | 'InvalidSecurity' | 'InvalidTimeRange' | 'RequestFailed'

/** Statuses that say something of the HTTP request; whatever else a request fails with is a 500. */
const transportStatuses = new Set([404, 405, 413, 415, 501, 503])

function faultOf(cause: unknown): { code: TrustFault; text?: string } {
  if (cause instanceof RequestError) return { code: 'InvalidRequest', text: requestProblem(cause) }
  if (!(cause instanceof AccessError)) return { code: 'RequestFailed' }
  const { code, message, details } = cause
  if (code === 'unauthenticated') {
    if (cause.cause instanceof SignatureError) return { code: 'InvalidSecurity', text: 'Invalid security header' }
    return { code: 'FailedAuthentication', text: 'Invalid credentials' }
  }
  if (code === 'password_must_change') return { code: 'FailedAuthentication', text: message }
  if (code === 'invalid_field' && details.field === 'Lifetime') return { code: 'InvalidTimeRange', text: message }
  return { code: code === 'invalid_field' ? 'InvalidRequest' : 'RequestFailed', text: message }
}

/** The Security Token Service at `/sts/STSService` @see docs/decisions/043-sso-tokens.md */
export const stsFace = vcenterFace('soap', ({ status, message: { default_message } }, _request, cause) => {
  const { code, text = default_message } = faultOf(cause)
  const faultcode = element('faultcode', `ns0:${code}`, ` xmlns:ns0="${wst}"`)
  return {
    status: transportStatuses.has(status) ? status : 500,
    type: soapMediaType,
    body: writeFault(text, '', faultcode),
  }
})
