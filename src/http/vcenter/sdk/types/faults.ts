import { element, escapeXml } from '../../../xml/write.ts'
import { vimNamespace } from '../envelope.ts'
import { boolean, int, reference, string } from './basic.ts'
import { faultWords } from './fault-words.ts'
import { dataObject, type Fields, optional, type Values, type VimType } from './vim-type.ts'
import { powerState } from './virtual-machine.ts'

const fault = <F extends Fields>(name: string, fields: F) => dataObject(name, fields)

const securityFields = { object: optional(reference), privilegeId: optional(string) }

/** Faults that are answered, with what they tell. */
export const faults = {
  AlreadyExists: fault('AlreadyExists', { name: optional(string) }),
  AuthMinimumAdminPermission: fault('AuthMinimumAdminPermission', {}),
  DuplicateName: fault('DuplicateName', { name: string, object: reference }),
  InvalidArgument: fault('InvalidArgument', { invalidProperty: optional(string) }),
  InvalidCollectorVersion: fault('InvalidCollectorVersion', {}),
  InvalidFolder: fault('InvalidFolder', { target: reference }),
  InvalidLocale: fault('InvalidLocale', {}),
  InvalidLogin: fault('InvalidLogin', {}),
  InvalidName: fault('InvalidName', { name: string, entity: optional(reference) }),
  InvalidPowerState: fault('InvalidPowerState', {
    requestedState: optional(powerState),
    existingState: powerState,
  }),
  InvalidProperty: fault('InvalidProperty', { name: string }),
  InvalidRequest: fault('InvalidRequest', {}),
  InvalidState: fault('InvalidState', {}),
  LimitExceeded: fault('LimitExceeded', { property: optional(string), limit: optional(int) }),
  ManagedObjectNotFound: fault('ManagedObjectNotFound', { obj: reference }),
  MethodNotFound: fault('MethodNotFound', { receiver: reference, method: string }),
  NoPermission: fault('NoPermission', securityFields),
  NotAuthenticated: fault('NotAuthenticated', securityFields),
  NotFound: fault('NotFound', {}),
  NotSupported: fault('NotSupported', {}),
  PasswordExpired: fault('PasswordExpired', {}),
  RemoveFailed: fault('RemoveFailed', {}),
  RequestCanceled: fault('RequestCanceled', {}),
  ResourceInUse: fault('ResourceInUse', { type: optional(string), name: optional(string) }),
  SystemError: fault('SystemError', { reason: string }),
  UserNotFound: fault('UserNotFound', { principal: string, unresolved: boolean }),
}
export type FaultName = keyof typeof faults
type FaultValues<N extends FaultName> = Values<(typeof faults)[N]['fields']>

/** A method failed, in the words of vim25. */
export class VimFault extends Error {
  override name = 'VimFault'
  readonly fault: FaultName
  /** The fault's own fields, as XML. */
  readonly content: string
  /** Of the HTTP answer. */
  readonly status: number

  constructor(fault: FaultName, message: string, content: string, status = 500) {
    super(message)
    this.fault = fault
    this.content = content
    this.status = status
  }
}

/**
 * @param reason What led to it, for a fault whose name and fields do not tell.
 * @param status Of the HTTP answer, where it says more than that a method failed.
 */
export function vimFault<N extends FaultName>(
  name: N,
  reason: string,
  values: FaultValues<N>,
  status?: number,
): VimFault {
  const type = faults[name] as VimType<FaultValues<N>>
  return new VimFault(name, faultWords(name, values, reason), type.content(values), status)
}

/** The fault as the detail of a SOAP fault. */
export const writeFaultDetail = ({ fault, content }: VimFault): string =>
  element(`${fault}Fault`, content, ` xmlns="${vimNamespace}" xsi:type="${fault}"`)

/** A fault among the values of an answer. Only written. */
export const localizedFault: VimType<VimFault> = {
  name: 'LocalizedMethodFault',
  content: ({ fault, content, message }) =>
    element('fault', content, ` xsi:type="${fault}"`) + element('localizedMessage', escapeXml(message)),
  read: () => {
    throw new Error('faults are not read')
  },
}
