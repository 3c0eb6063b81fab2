import { boolean, int, reference, string } from '../sdk/types/basic.ts'
import { dataObject, list, optional } from '../sdk/types/vim-type.ts'

// Fields come in the order of the published definitions of urn:sso.

export const principalId = dataObject('PrincipalId', { name: string, domain: string })

export const personDetails = dataObject('AdminPersonDetails', {
  description: optional(string),
  emailAddress: optional(string),
  firstName: optional(string),
  lastName: optional(string),
})

export const personUser = dataObject('AdminPersonUser', {
  id: principalId,
  alias: optional(principalId),
  details: personDetails,
  disabled: boolean,
  locked: boolean,
})

export const user = dataObject('AdminUser', {
  id: principalId,
  alias: optional(principalId),
  kind: string,
  description: optional(string),
})

/** A user that is a service, of which there is none: an answer's type, never an answer. */
export const solutionUser = dataObject('AdminSolutionUser', {})

export const groupDetails = dataObject('AdminGroupDetails', { description: optional(string) })

export const group = dataObject('AdminGroup', {
  id: principalId,
  alias: optional(principalId),
  details: groupDetails,
})

export const criteria = dataObject('AdminPrincipalDiscoveryServiceSearchCriteria', {
  searchString: string,
  domain: string,
})

export const passwordPolicy = dataObject('AdminPasswordPolicy', {
  description: string,
  prohibitedPreviousPasswordsCount: int,
  passwordFormat: dataObject('AdminPasswordFormat', {
    lengthRestriction: dataObject('AdminPasswordFormatLengthRestriction', { minLength: int, maxLength: int }),
    alphabeticRestriction: dataObject('AdminPasswordFormatAlphabeticRestriction', {
      minAlphabeticCount: int,
      minUppercaseCount: int,
      minLowercaseCount: int,
    }),
    minNumericCount: int,
    minSpecialCharCount: int,
    maxIdenticalAdjacentCharacters: int,
  }),
  passwordLifetimeDays: optional(int),
})

const domain = dataObject('Domain', { name: string, alias: optional(string) })
const identitySource = dataObject('IdentitySource', { name: string, domains: list(domain) })
export const identitySources = dataObject('IdentitySources', {
  all: list(identitySource),
  system: identitySource,
  localOS: optional(identitySource),
})

export const serviceContent = dataObject('AdminServiceContent', {
  sessionManager: reference,
  configurationManagementService: reference,
  smtpManagementService: reference,
  principalDiscoveryService: reference,
  principalManagementService: reference,
  roleManagementService: reference,
  passwordPolicyService: reference,
  lockoutPolicyService: reference,
  domainManagementService: reference,
  identitySourceManagementService: reference,
  systemManagementService: reference,
  computerManagementService: reference,
  ssoHealthManagementService: reference,
  deploymentInformationService: reference,
  replicationService: reference,
})

export const groupcheckContent = dataObject('GroupcheckServiceContent', {
  sessionManager: reference,
  groupCheckService: reference,
})
