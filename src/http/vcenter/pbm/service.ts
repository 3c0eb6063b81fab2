import type { SdkCall } from '../sdk/call.ts'
import { managedObject } from '../sdk/managed-object.ts'
import { anonymous, type ManagedObject, type ManagedType, method, property } from '../sdk/managed-type.ts'
import type { SoapService } from '../sdk/soap-service.ts'
import { list, optional } from '../sdk/types/vim-type.ts'
import { notBuilt, view } from './not-built.ts'
import { profileManager } from './profile-manager.ts'
import { complianceResult, profileId, serverObject, serviceInstanceContent } from './types.ts'

const type = (name: string, methods: ManagedType['methods'] = {}): ManagedType => ({
  name,
  base: managedObject,
  properties: {},
  methods,
})

/** Sessions are those of vim25: its methods are none of the vendor's published ones. */
const sessionManager = type('PbmSessionManager')
const capabilityMetadataManager = type('PbmCapabilityMetadataManager')

/** What has no profile complies with nothing, and is not told of. */
const complianceManager = type('PbmComplianceManager', {
  PbmFetchComplianceResult: method({
    requires: { privilege: view },
    parameters: { entities: list(serverObject), profile: optional(profileId) },
    result: list(complianceResult),
    run: () => [],
  }),
  PbmCheckCompliance: notBuilt(view, 'entities', 'profile'),
  PbmCheckRollupCompliance: notBuilt(view, 'entity'),
  PbmFetchRollupComplianceResult: notBuilt(view, 'entity'),
  PbmQueryByRollupComplianceStatus: notBuilt(view, 'status'),
})

const placementSolver = type('PbmPlacementSolver', {
  PbmQueryMatchingHub: notBuilt(view, 'hubsToSearch', 'profile'),
  PbmQueryMatchingHubWithSpec: notBuilt(view, 'hubsToSearch', 'createSpec'),
  PbmCheckCompatibility: notBuilt(view, 'hubsToSearch', 'profile'),
  PbmCheckCompatibilityWithSpec: notBuilt(view, 'hubsToSearch', 'profileSpec'),
  PbmCheckRequirements: notBuilt(view, 'hubsToSearch', 'placementSubjectRef', 'placementSubjectRequirement'),
})

const replicationManager = type('PbmReplicationManager', {
  PbmQueryReplicationGroups: notBuilt(view, 'entities'),
})

/** Ids of the objects that are always there, by the names of their types. [inferred] from clients' simulators */
const ids = {
  serviceInstance: 'ServiceInstance',
  sessionManager: 'SessionManager',
  capabilityMetadataManager: 'CapabilityMetadataManager',
  profileManager: 'ProfileManager',
  complianceManager: 'complianceManager',
  placementSolver: 'placementSolver',
  replicationManager: 'ReplicationManager',
}

const referenceTo = ({ name }: ManagedType, id: string) => ({ type: name, id })

const contentOf = ({ services }: SdkCall) => ({
  aboutInfo: { name: 'PBM', version: '2.0', instanceUuid: services.appliances.vcenter.id },
  sessionManager: referenceTo(sessionManager, ids.sessionManager),
  capabilityMetadataManager: referenceTo(capabilityMetadataManager, ids.capabilityMetadataManager),
  profileManager: referenceTo(profileManager, ids.profileManager),
  complianceManager: referenceTo(complianceManager, ids.complianceManager),
  placementSolver: referenceTo(placementSolver, ids.placementSolver),
  replicationManager: referenceTo(replicationManager, ids.replicationManager),
})

const serviceInstance: ManagedType = {
  name: 'PbmServiceInstance',
  base: managedObject,
  properties: {
    content: property(serviceInstanceContent, anonymous, (_subject, call) => contentOf(call)),
  },
  methods: {
    PbmRetrieveServiceContent: method({
      requires: 'nothing',
      parameters: {},
      result: serviceInstanceContent,
      run: contentOf,
    }),
  },
}

const types: Record<keyof typeof ids, ManagedType> = {
  serviceInstance,
  sessionManager,
  capabilityMetadataManager,
  profileManager,
  complianceManager,
  placementSolver,
  replicationManager,
}

const objects = new Map<string, ManagedObject>()
for (const [name, id] of Object.entries(ids)) {
  objects.set(id, { type: types[name as keyof typeof ids], id, entity: undefined, subject: undefined })
}
const byName = new Map([managedObject, ...Object.values(types)].map((one) => [one.name, one]))

/** Storage profiles, whose service Terraform and govc ask for before anything else. @see vim25-methods.json, module pbm */
export const pbm: SoapService = {
  name: 'pbm',
  namespace: 'urn:pbm',
  paths: ['/pbm', '/pbm/sdk'],
  registry: {
    typeNamed: (name) => byName.get(name),
    types: () => [...byName.values()],
    singleton: (id) => objects.get(id),
    singletons: () => [...objects.values()],
    namesInventory: false,
  },
}
