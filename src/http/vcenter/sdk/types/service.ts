import { reference, string } from './basic.ts'
import { dataObject, optional } from './vim-type.ts'

export const aboutInfo = dataObject('AboutInfo', {
  name: string,
  fullName: string,
  vendor: string,
  version: string,
  build: string,
  localeVersion: optional(string),
  localeBuild: optional(string),
  osType: string,
  productLineId: string,
  apiType: string,
  apiVersion: string,
  instanceUuid: optional(string),
  licenseProductName: optional(string),
  licenseProductVersion: optional(string),
})

/** Managers that are not built are left out: a client sees that they are not there. @see vcenter-api.md 7.2 */
export const serviceContent = dataObject('ServiceContent', {
  rootFolder: reference,
  propertyCollector: reference,
  viewManager: optional(reference),
  about: aboutInfo,
  setting: optional(reference),
  userDirectory: optional(reference),
  sessionManager: optional(reference),
  authorizationManager: optional(reference),
  perfManager: optional(reference),
  eventManager: optional(reference),
  taskManager: optional(reference),
  extensionManager: optional(reference),
  customFieldsManager: optional(reference),
  licenseManager: optional(reference),
  searchIndex: optional(reference),
})
