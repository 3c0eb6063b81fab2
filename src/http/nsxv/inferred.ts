/**
 * Guesses about the wire that no source confirms: one edit corrects them. Codes of errors are in errors.ts, codes of
 * system events in access/nsxv/system-events.ts.
 *
 * @see nsxv-api.md 11
 */
export const inferred = {
  challenge: 'Basic realm="NSX Manager"',
  /** The release whose behaviour is served. */
  version: { majorVersion: '6', minorVersion: '4', patchVersion: '14', buildNumber: '20609341' },
  versionText: '6.4.14.20609341',
  applianceName: 'vShield Virtual Appliance Management',
  /** Keys of features in refusals begin with it; `urm.object_access_control` was seen. */
  featurePrefix: 'urm.',
  /** Revision of objects that nobody changes. */
  objectRevision: 0,
  /** What of a collector the API does not say. */
  syslogServer: { name: 'syslogserver', level: 'INFO' },
  /** Members of a local user's body that may hold the name: the first was seen. */
  localUserNames: ['name', 'userId', 'username'],
  features: [
    { name: 'Firewall', featureId: 'com.vmware.vshield.firewall', version: '5.5' },
    { name: 'VXLAN', featureId: 'com.vmware.vshield.vsm.vxlan', version: '5.5' },
    { name: 'Messaging Infra', featureId: 'com.vmware.vshield.vsm.messagingInfra', version: '5.5' },
  ],
} as const

/** What clients may do and see that the matrix does not say. */
export const inferredRights = {
  /** `GET /user/{userId}` of these names, and of the caller, serves every role as a test of its password. */
  usersForEveryRole: ['admin'],
} as const
