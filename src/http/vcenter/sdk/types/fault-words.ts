import type { Reference } from './basic.ts'

/** What words can be made of: the fault's own fields, and what led to it here. */
interface Told {
  name?: string | undefined
  principal?: string
  obj?: Reference
  existingState?: string
  invalidProperty?: string | undefined
}

const invalidArgument = 'A specified parameter was not correct: '
const notSupported = 'The operation is not supported on the object.'

/**
 * vCenter's own sentences, which scripts look for. Where they do not tell enough what led to the fault stands behind
 * them.
 *
 * @see faults as they stand in clients' bug reports [inferred: some are remembered, not seen]
 */
const sentences: Record<string, (told: Told, reason: string) => string> = {
  AlreadyExists: ({ name = '' }) => `The specified key, name, or identifier '${name}' already exists.`,
  DuplicateName: ({ name = '' }) => `The name '${name}' already exists.`,
  InvalidArgument: ({ invalidProperty = '' }, reason) =>
    reason.startsWith(invalidArgument) ? reason : `${invalidArgument}${invalidProperty}. ${reason}`,
  InvalidLogin: () => 'Cannot complete login due to an incorrect user name or password.',
  InvalidName: ({ name = '' }) => `The name '${name}' is not valid.`,
  InvalidPowerState: ({ existingState = '' }) =>
    `The attempted operation cannot be performed in the current state (${powerStates[existingState]}).`,
  InvalidState: () => 'The operation is not allowed in the current state.',
  ManagedObjectNotFound: ({ obj }) =>
    `The object 'vim.${obj?.type}:${obj?.id}' has already been deleted or has not been completely created`,
  NoPermission: () => 'Permission to perform this operation was denied.',
  NotAuthenticated: () => 'The session is not authenticated.',
  NotFound: () => 'The object or item referred to could not be found.',
  NotSupported: (_told, reason) => (reason === '' ? notSupported : `${notSupported} ${reason}`),
  RequestCanceled: () => 'The request was canceled by a user.',
  ResourceInUse: ({ name = '' }) => `The resource '${name}' is in use.`,
  SystemError: (_told, reason) => `A general system error occurred: ${reason}`,
  UserNotFound: ({ principal = '' }) => `The user or group named '${principal}' does not exist.`,
}

const powerStates: Record<string, string> = {
  poweredOn: 'Powered on',
  poweredOff: 'Powered off',
  suspended: 'Suspended',
}

/**
 * What a fault says.
 *
 * @param reason What led to it here, which is all where vCenter's words are not known; empty: nothing more to say.
 */
export const faultWords = (fault: string, told: object, reason: string): string =>
  sentences[fault]?.(told as Told, reason) ?? reason
