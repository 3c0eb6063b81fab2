import { AccessError } from '../../../access/errors.ts'
import type { SdkCall } from '../sdk/call.ts'
import { managedObject } from '../sdk/managed-object.ts'
import { type ManagedType, method } from '../sdk/managed-type.ts'
import { string } from '../sdk/types/basic.ts'
import { list, optional, type ValueOf } from '../sdk/types/vim-type.ts'
import { notBuilt, update, view } from './not-built.ts'
import {
  capabilityMetadata,
  capabilitySchema,
  defaultProfileInfo,
  placementHub,
  profile,
  profileId,
  queryProfileResult,
  resourceType,
  serverObject,
  vendorInfo,
} from './types.ts'

/** All that profiles are for. */
const storage = 'STORAGE'
const categories = ['REQUIREMENT', 'RESOURCE', 'DATA_SERVICE_POLICY']
const hubTypes = ['Datastore', 'StoragePod'] as const
const requires = { privilege: view }

const invalid = (field: string, why: string) =>
  new AccessError('invalid_field', `A specified parameter was not correct: ${field} ${why}`, { field })

function requireStorage(type: ValueOf<typeof resourceType> | undefined): void {
  if (type !== undefined && type.resourceType !== storage) throw invalid('resourceType', `is not ${storage}`)
}

/** Nobody can make profiles: whoever names one is mistaken. */
function requireNone(profiles: readonly unknown[] | undefined, field: string): void {
  if (profiles && profiles.length > 0) throw invalid(field, 'names a profile that is not there')
}

/** @throws {AccessError} `invalid_field` for what is no datastore, and no cluster of them. */
function requireHubs({ services }: SdkCall, hubs: readonly ValueOf<typeof placementHub>[], field: string): void {
  for (const { hubType, hubId } of hubs) {
    const type = hubTypes.find((one) => one === hubType)
    if (type === undefined) throw invalid(field, `is of a type that is none of ${hubTypes.join(', ')}`)
    if (services.vsphere.find(hubId)?.type !== type) throw invalid(field, `names a ${type} that is not there`)
  }
}

/** Storage profiles, of which there is none. @see vim25-methods.json, PbmProfileProfileManager */
export const profileManager: ManagedType = {
  name: 'PbmProfileProfileManager',
  base: managedObject,
  properties: {},
  methods: {
    PbmFetchResourceType: method({
      requires,
      parameters: {},
      result: list(resourceType),
      run: () => [{ resourceType: storage }],
    }),
    PbmFetchVendorInfo: method({
      requires,
      parameters: { resourceType: optional(resourceType) },
      result: list(vendorInfo),
      run(_call, { resourceType }) {
        requireStorage(resourceType)
        return []
      },
    }),
    PbmFetchCapabilityMetadata: method({
      requires,
      parameters: { resourceType: optional(resourceType), vendorUuid: optional(string) },
      result: list(capabilityMetadata),
      run(_call, { resourceType }) {
        requireStorage(resourceType)
        return []
      },
    }),
    PbmFetchCapabilitySchema: method({
      requires,
      parameters: { vendorUuid: optional(string), lineOfService: optional(list(string)) },
      result: list(capabilitySchema),
      run: () => [],
    }),
    PbmQueryProfile: method({
      requires,
      parameters: { resourceType, profileCategory: optional(string) },
      result: list(profileId),
      run(_call, { resourceType, profileCategory }) {
        requireStorage(resourceType)
        if (profileCategory !== undefined && profileCategory !== '' && !categories.includes(profileCategory)) {
          throw invalid('profileCategory', `is none of ${categories.join(', ')}`)
        }
        return []
      },
    }),
    PbmRetrieveContent: method({
      requires,
      parameters: { profileIds: list(profileId) },
      result: list(profile),
      run(_call, { profileIds }) {
        requireNone(profileIds, 'profileIds')
        return []
      },
    }),
    PbmQueryAssociatedProfile: method({
      requires,
      parameters: { entity: serverObject },
      result: list(profileId),
      run: () => [],
    }),
    PbmQueryAssociatedProfiles: method({
      requires,
      parameters: { entities: list(serverObject) },
      result: list(queryProfileResult),
      run: (_call, { entities }) => entities.map((object) => ({ object })),
    }),
    PbmQueryAssociatedEntity: method({
      requires,
      parameters: { profile: profileId, entityType: optional(string) },
      result: list(serverObject),
      run(_call, { profile }) {
        requireNone([profile], 'profile')
        return []
      },
    }),
    PbmQueryAssociatedEntities: method({
      requires,
      parameters: { profiles: optional(list(profileId)) },
      result: list(queryProfileResult),
      run(_call, { profiles }) {
        requireNone(profiles, 'profiles')
        return []
      },
    }),
    PbmQueryDefaultRequirementProfile: method({
      requires,
      parameters: { hub: placementHub },
      result: profileId,
      run(call, { hub }): undefined {
        requireHubs(call, [hub], 'hub')
      },
    }),
    PbmQueryDefaultRequirementProfiles: method({
      requires,
      parameters: { datastores: list(placementHub) },
      result: list(defaultProfileInfo),
      run(call, { datastores }) {
        requireHubs(call, datastores, 'datastores')
        return datastores.map((one) => ({ datastores: [one] }))
      },
    }),
    PbmFindApplicableDefaultProfile: method({
      requires,
      parameters: { datastores: list(placementHub) },
      result: list(profile),
      run(call, { datastores }) {
        requireHubs(call, datastores, 'datastores')
        return []
      },
    }),
    PbmCreate: notBuilt(update, 'createSpec'),
    PbmUpdate: notBuilt(update, 'profileId', 'updateSpec'),
    PbmDelete: notBuilt(update, 'profileId'),
    PbmResetDefaultRequirementProfile: notBuilt(update, 'profile'),
    PbmAssignDefaultRequirementProfile: notBuilt(update, 'profile', 'datastores'),
    PbmResetVSanDefaultProfile: notBuilt(update),
    PbmQuerySpaceStatsForStorageContainer: notBuilt(view, 'datastore', 'capabilityProfileId'),
  },
}
