import { localDomain, ssoDomain } from '../../../access/vcenter/principal.ts'
import { isSsoAdministrator } from '../../../access/vcenter/sso/principals.ts'
import { principalOfToken } from '../saml/sign-in.ts'
import { fixedRegistry } from '../sdk/fixed-registry.ts'
import { managedObject } from '../sdk/managed-object.ts'
import { type ManagedType, type Method, method } from '../sdk/managed-type.ts'
import { asLogin, begin } from '../sdk/session-manager.ts'
import type { SoapService } from '../sdk/soap-service.ts'
import { boolean, string } from '../sdk/types/basic.ts'
import { vimFault } from '../sdk/types/faults.ts'
import { list, type ValueOf } from '../sdk/types/vim-type.ts'
import { principalDiscovery } from './discovery.ts'
import { principalManagement } from './management.ts'
import { groupsAround, idOf } from './names.ts'
import { groupcheckContent, identitySources, passwordPolicy, principalId, serviceContent } from './types.ts'

const requires = 'sso-administrator'

/** What the service has and this one does not do yet: it asks for the right, and then says so. */
function notBuilt(...names: string[]): Record<string, Method> {
  const one = method({
    requires,
    parameters: {},
    unread: true,
    run() {
      throw vimFault('NotSupported', 'The operation is not supported on the object.', {})
    },
  })
  return Object.fromEntries(names.map((name) => [name, one]))
}

const type = (name: string, methods: ManagedType['methods'] = {}): ManagedType => ({
  name,
  base: managedObject,
  properties: {},
  methods,
})

const sessionManager = type('SsoAdminSessionManager', {
  /** Whoever shows a token gets a session, beside any that they show: clients bring vim25's along. */
  Login: method({
    requires: 'nothing',
    parameters: {},
    signs: 'in',
    async run(call) {
      const { source, agent } = call
      const principal = await asLogin(() => principalOfToken(call.services, call.message))
      call.signedIn(principal)
      return begin(call, (change) =>
        asLogin(() => call.services.vcenterSessions.create(change, { principal, source, agent })),
      )
    },
    answer: () => undefined,
  }),
  Logout: method({
    requires: 'session',
    parameters: {},
    signs: 'out',
    run: (call) => call.change((change) => call.services.vcenterSessions.end(change, call.sessionKey ?? '')),
    answer: () => undefined,
  }),
})

const groupCheck = type('SsoGroupcheckGroupCheckService', {
  FindAllParentGroups: method({
    requires,
    parameters: { userId: principalId },
    result: list(principalId),
    run: (call, { userId }) => groupsAround(call, 'user', userId).map(({ name }) => idOf(name)),
  }),
  FindParentGroups: method({
    requires,
    parameters: { userId: principalId, groupList: list(principalId) },
    result: list(principalId),
    run(call, { userId, groupList }) {
      const around = new Set(groupsAround(call, 'user', userId).map(({ name }) => name.toLowerCase()))
      return groupList.filter(({ name }) => around.has(name.toLowerCase()))
    },
  }),
  ...notBuilt('IsMemberOfGroup'),
})

const roleManagement = type('SsoAdminRoleManagementService', {
  HasAdministratorRole: method({
    requires,
    parameters: { userId: principalId },
    result: boolean,
    async run({ services }, { userId: { name, domain } }) {
      const found = await services.principalLookup.user(name, domain)
      return found !== undefined && isSsoAdministrator(found)
    },
  }),
  ...notBuilt('SetRole', 'HasRegularUserRole', 'GrantWSTrustRole', 'RevokeWSTrustRole'),
})

const passwordPolicies = type('SsoAdminPasswordPolicyService', {
  GetLocalPasswordPolicy: method({
    requires,
    parameters: {},
    result: passwordPolicy,
    run({ services }): ValueOf<typeof passwordPolicy> {
      const policy = services.ssoPolicies.read()
      return {
        description: '',
        prohibitedPreviousPasswordsCount: policy.remembrance,
        passwordFormat: {
          lengthRestriction: { minLength: policy.minimumLength, maxLength: policy.maximumLength },
          alphabeticRestriction: {
            minAlphabeticCount: policy.minimumUppercase + policy.minimumLowercase,
            minUppercaseCount: policy.minimumUppercase,
            minLowercaseCount: policy.minimumLowercase,
          },
          minNumericCount: policy.minimumDigits,
          minSpecialCharCount: policy.minimumSpecial,
          maxIdenticalAdjacentCharacters: policy.maximumIdenticalAdjacent,
        },
        passwordLifetimeDays: policy.passwordLifetime,
      }
    },
  }),
  ...notBuilt('UpdateLocalPasswordPolicy'),
})

const sourceOf = (name: string) => ({ name, domains: [{ name }] })

/** The domains of this server itself: `localos` is there, and has nobody. */
const identitySourceManagement = type('SsoAdminIdentitySourceManagementService', {
  Get: method({
    requires,
    parameters: {},
    result: identitySources,
    run: () => ({
      all: [sourceOf(ssoDomain), sourceOf(localDomain)],
      system: sourceOf(ssoDomain),
      localOS: sourceOf(localDomain),
    }),
  }),
  IdS_getDefaultDomains: method({ requires, parameters: {}, result: list(string), run: () => [ssoDomain] }),
  ...notBuilt('IdS_setDefaultDomains', 'RegisterLdap', 'UpdateLdap', 'UpdateLdapAuthnType', 'ProbeConnectivity'),
})

/** The services that a client is told of, and their types. */
const services = {
  sessionManager,
  configurationManagementService: type(
    'SsoAdminConfigurationManagementService',
    notBuilt('GetTrustedCertificates', 'GetClockTolerance', 'SetClockTolerance', 'GetMaximumBearerTokenLifetime'),
  ),
  smtpManagementService: type('SsoAdminSmtpManagementService'),
  principalDiscoveryService: principalDiscovery,
  principalManagementService: principalManagement,
  roleManagementService: roleManagement,
  passwordPolicyService: passwordPolicies,
  lockoutPolicyService: type('SsoAdminLockoutPolicyService', notBuilt('GetLockoutPolicy', 'UpdateLockoutPolicy')),
  domainManagementService: type('SsoAdminDomainManagementService', notBuilt('GetDomains', 'GetSystemDomainName')),
  identitySourceManagementService: identitySourceManagement,
  systemManagementService: type('SsoAdminSystemManagementService'),
  computerManagementService: type('SsoAdminComputerManagementService'),
  ssoHealthManagementService: type('SsoHealthManagementService'),
  deploymentInformationService: type('SsoAdminDeploymentInformationService'),
  replicationService: type('SsoAdminReplicationService'),
}

const contentOf = (): ValueOf<typeof serviceContent> =>
  Object.fromEntries(Object.entries(services).map(([id, { name }]) => [id, { type: name, id }])) as ValueOf<
    typeof serviceContent
  >

const instance = type('SsoAdminServiceInstance', {
  SsoAdminServiceInstance: method({ requires: 'nothing', parameters: {}, result: serviceContent, run: contentOf }),
})

const groupcheckInstance = type('SsoGroupcheckServiceInstance', {
  SsoGroupcheckServiceInstance: method({
    requires: 'nothing',
    parameters: {},
    result: groupcheckContent,
    run: () => ({
      sessionManager: { type: sessionManager.name, id: 'sessionManager' },
      groupCheckService: { type: groupCheck.name, id: 'groupCheckService' },
    }),
  }),
})

/** The users and groups of vsphere.local, for its administrators. @see docs/decisions/043-sso-tokens.md */
export const ssoAdmin: SoapService = {
  name: 'sso',
  namespace: 'urn:sso',
  paths: ['/sso-adminserver/sdk', `/sso-adminserver/sdk/${ssoDomain}`, '/sso-adminserver/system-sdk'],
  registry: fixedRegistry({
    ...services,
    groupCheckService: groupCheck,
    SsoAdminServiceInstance: instance,
    ServiceInstance: groupcheckInstance,
  }),
}
