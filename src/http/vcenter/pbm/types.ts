import { reference, string } from '../sdk/types/basic.ts'
import { dataObject, list, optional } from '../sdk/types/vim-type.ts'

const aboutInfo = dataObject('PbmAboutInfo', { name: string, version: string, instanceUuid: string })

export const serviceInstanceContent = dataObject('PbmServiceInstanceContent', {
  aboutInfo,
  sessionManager: reference,
  capabilityMetadataManager: reference,
  profileManager: reference,
  complianceManager: reference,
  placementSolver: reference,
  replicationManager: optional(reference),
})

export const profileId = dataObject('PbmProfileId', { uniqueId: string })

export const resourceType = dataObject('PbmProfileResourceType', { resourceType: string })

/** A machine, a disk of one, a datastore and so on, by a text that means it. */
export const serverObject = dataObject('PbmServerObjectRef', {
  objectType: string,
  key: string,
  serverUuid: optional(string),
})

/** A datastore, or a cluster of them. */
export const placementHub = dataObject('PbmPlacementHub', { hubType: string, hubId: string })

/** A profile, of which there is none: an answer's type, never an answer. */
export const profile = dataObject('PbmProfile', {})

export const queryProfileResult = dataObject('PbmQueryProfileResult', {
  object: serverObject,
  profileId: optional(list(profileId)),
})

export const defaultProfileInfo = dataObject('PbmDefaultProfileInfo', { datastores: list(placementHub) })

/** What providers of storage tell of themselves: there is none. */
export const vendorInfo = dataObject('PbmCapabilityVendorResourceTypeInfo', {})
export const capabilityMetadata = dataObject('PbmCapabilityMetadataPerCategory', {})
export const capabilitySchema = dataObject('PbmCapabilitySchema', {})
export const complianceResult = dataObject('PbmComplianceResult', {})
