import { ssoDomain } from '../../../access/vcenter/principal.ts'
import type { SdkCall } from '../sdk/call.ts'
import { fixedRegistry } from '../sdk/fixed-registry.ts'
import { managedObject } from '../sdk/managed-object.ts'
import { type ManagedType, method } from '../sdk/managed-type.ts'
import { apiVersion } from '../sdk/release.ts'
import type { SoapService } from '../sdk/soap-service.ts'
import { reference, string } from '../sdk/types/basic.ts'
import { vimFault } from '../sdk/types/faults.ts'
import { dataObject, list, optional, type ValueOf } from '../sdk/types/vim-type.ts'

const serviceType = dataObject('LookupServiceRegistrationServiceType', { product: string, type: string })
const endpointType = dataObject('LookupServiceRegistrationEndpointType', {
  protocol: optional(string),
  type: optional(string),
})
const endpoint = dataObject('LookupServiceRegistrationEndpoint', { url: string, endpointType })
const info = dataObject('LookupServiceRegistrationInfo', {
  serviceVersion: string,
  serviceEndpoints: list(endpoint),
  ownerId: string,
  serviceType,
  nodeId: string,
  serviceId: string,
  siteId: string,
})
const filter = dataObject('LookupServiceRegistrationFilter', {
  siteId: optional(string),
  nodeId: optional(string),
  serviceType: optional(serviceType),
  endpointType: optional(endpointType),
})
const content = dataObject('LookupServiceContent', {
  lookupService: reference,
  serviceRegistration: optional(reference),
  deploymentInformationService: reference,
  l10n: reference,
})

/** The site of a vCenter that nobody named otherwise. */
const site = 'default-site'

interface Registration {
  type: string
  endpoints: readonly { path: string; protocol: string; type: string }[]
}

/** What there is to be found, by the types that clients ask for. */
const registrations: readonly Registration[] = [
  {
    type: 'cs.identity',
    endpoints: [
      { path: `/sts/STSService/${ssoDomain}`, protocol: 'wsTrust', type: 'com.vmware.cis.cs.identity.sso' },
      { path: `/sso-adminserver/sdk/${ssoDomain}`, protocol: 'vmomi', type: 'com.vmware.cis.cs.identity.admin' },
      { path: `/sso-adminserver/sdk/${ssoDomain}`, protocol: 'vmomi', type: 'com.vmware.cis.cs.identity.groupcheck' },
    ],
  },
  { type: 'vcenterserver', endpoints: [{ path: '/sdk', protocol: 'vmomi', type: 'com.vmware.vim' }] },
  { type: 'cs.vapi', endpoints: [{ path: '/api', protocol: 'vapi.json.https', type: 'com.vmware.vapi.endpoint' }] },
  { type: 'pbm', endpoints: [{ path: '/pbm/sdk', protocol: 'vmomi', type: 'com.vmware.vim.pbm' }] },
]

const product = 'com.vmware.cis'

function infoOf({ services, authority }: SdkCall, { type, endpoints }: Registration): ValueOf<typeof info> {
  const { id } = services.appliances.vcenter
  return {
    serviceVersion: apiVersion,
    serviceEndpoints: endpoints.map(({ path, protocol, type }) => ({
      url: `https://${authority}${path}`,
      endpointType: { protocol, type },
    })),
    ownerId: `vcenter@${ssoDomain}`,
    serviceType: { product, type },
    nodeId: id,
    serviceId: `${type}:${id}`,
    siteId: site,
  }
}

/** Whether an object is as a filter has it; what the filter leaves open, or empty, is anything. */
const matches = (wanted: object | undefined, found: object): boolean =>
  Object.entries(wanted ?? {}).every(([name, value]) => !value || (found as Record<string, unknown>)[name] === value)

const registration: ManagedType = {
  name: 'LookupServiceRegistration',
  base: managedObject,
  properties: {},
  methods: {
    /** Services, each with those of its end points that are asked for. */
    List: method({
      requires: 'nothing',
      parameters: { filterCriteria: optional(filter) },
      result: list(info),
      run(call, { filterCriteria: { siteId, nodeId, serviceType, endpointType } = {} }) {
        return registrations
          .map((one) => infoOf(call, one))
          .filter((one) => matches({ siteId, nodeId }, one) && matches(serviceType, one.serviceType))
          .map((one) => ({
            ...one,
            serviceEndpoints: one.serviceEndpoints.filter((found) => matches(endpointType, found.endpointType)),
          }))
          .filter(({ serviceEndpoints }) => serviceEndpoints.length > 0)
      },
    }),
    Get: method({
      requires: 'nothing',
      parameters: { serviceId: string },
      result: info,
      run(call, { serviceId }) {
        const found = registrations.map((one) => infoOf(call, one)).find((one) => one.serviceId === serviceId)
        if (!found) throw vimFault('NotFound', '', {})
        return found
      },
    }),
    GetSiteId: method({ requires: 'nothing', parameters: {}, result: string, run: () => site }),
  },
}

const ids = {
  lookupService: 'ServiceInstance',
  serviceRegistration: 'ServiceRegistration',
  deploymentInformationService: 'deploymentInformationService',
  l10n: 'l10n',
}

const type = (name: string): ManagedType => ({ name, base: managedObject, properties: {}, methods: {} })

const contentOf = (): ValueOf<typeof content> => ({
  lookupService: { type: 'LookupLookupService', id: ids.lookupService },
  serviceRegistration: { type: registration.name, id: ids.serviceRegistration },
  deploymentInformationService: { type: 'LookupDeploymentInformationService', id: ids.deploymentInformationService },
  l10n: { type: 'LookupL10n', id: ids.l10n },
})

const instance: ManagedType = {
  ...type('LookupServiceInstance'),
  methods: {
    RetrieveServiceContent: method({ requires: 'nothing', parameters: {}, result: content, run: contentOf }),
  },
}

/** Where clients ask for the addresses of SSO and of vCenter's other services. @see vcenter-api.md 7.7 */
export const lookup: SoapService = {
  name: 'lookup',
  namespace: 'urn:lookup',
  paths: ['/lookupservice/sdk'],
  registry: fixedRegistry({
    [ids.lookupService]: instance,
    [ids.serviceRegistration]: registration,
    [ids.deploymentInformationService]: type('LookupDeploymentInformationService'),
    [ids.l10n]: type('LookupL10n'),
  }),
}
