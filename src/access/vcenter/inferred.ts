import type { Limits } from '../limits/limiter.ts'

/** What the manuals leave open about vCenter's access control: one edit here corrects it. */

/** Roles that people can make. */
export const mostRoles = 5_000

export const mostPermissions = 50_000

/** Characters of the name of a role, a user or a group, and of a domain. */
export const longestName = 256

export const longestDescription = 4_096

/** Roles and permissions of a page, where a list does not say how many. @see vcenter-api.md 2.1, which says so of roles */
export const defaultPageSize = 200

/** Roles and permissions of a page, whatever a list asks for: the marker tells that there is more. */
export const largestPageSize = 1_000

/** Categories of tags, tags, and attachments of tags to objects: vCenter's maximums say nothing of them. */
export const mostCategories = 5_000
export const mostTags = 50_000
export const mostAttachments = 500_000

/** Tags, or objects, that one call attaches or detaches: other changes wait for it. */
export const mostAtOnce = 1_000

/** Who says that they use a category or a tag, at most. */
export const mostUsers = 100

/** Characters of the name of a type of objects that tags are for. */
export const longestTypeName = 256

/** Privilege checks that are kept, of all sessions together. @see vcenter-api.md 2.4, bufferSize */
export const keptChecks = 20_000

/** Privilege checks of a page. @see vcenter-api.md 2.4, pageSize */
export const checksPageSize = 1_000

/** How long a list of privilege checks waits for new ones at most, whatever it asks for, in milliseconds. */
export const longestWait = 60_000

/** Lists of privilege checks that wait at a time; others are answered at once. */
export const mostWaiting = 100

/** Users and groups of the appliance's own operating system, whom permissions can be for; clients know both of these. */
export const localUsers = ['root']
export const localGroups = ['root']

/** Calls under way at a time: vCenter names no limits, and these keep one client from taking the server from the others. */
export const vcenterLimits: Limits = {
  clientApiRateLimit: 0,
  clientApiConcurrencyLimit: 200,
  globalApiConcurrencyLimit: 600,
}
