/**
 * The tables as the code sees them. Columns are snake_case in the database.
 * Times are milliseconds since 1970 in UTC, flags are 0 or 1, structured values are JSON text:
 * the common ground of SQLite and PostgreSQL.
 */
export interface Schema {
  property: PropertyTable
  realm: RealmTable
  appliance: ApplianceTable
  account: AccountTable
  passwordHistory: PasswordHistoryTable
  sshKey: SshKeyTable
  session: SessionTable
  lockout: LockoutTable
  roleBinding: RoleBindingTable
  customRole: CustomRoleTable
  ldapIdentitySource: LdapIdentitySourceTable
  vcenterIdentitySource: LdapIdentitySourceTable
  apiService: ApiServiceTable
  vidmProvider: VidmProviderTable
  oidcEndPoint: OidcEndPointTable
  policyObject: PolicyObjectTable
  certificate: CertificateTable
  principalIdentity: PrincipalIdentityTable
  auditJournal: AuditJournalTable
  auditGroup: AuditGroupTable
  auditExport: AuditExportTable
  auditChunk: AuditChunkTable
  syslogExporter: SyslogExporterTable
  inventoryObject: InventoryObjectTable
  vcenterRole: VcenterRoleTable
  vcenterPermission: VcenterPermissionTable
  vcenterTagCategory: VcenterTagCategoryTable
  vcenterTag: VcenterTagTable
  vcenterTagAttachment: VcenterTagAttachmentTable
  ssoDomain: SsoDomainTable
  ssoUser: SsoUserTable
  ssoPasswordHistory: SsoPasswordHistoryTable
  ssoGroup: SsoGroupTable
  ssoGroupMember: SsoGroupMemberTable
  vcenterSession: VcenterSessionTable
  nsxvManager: NsxvManagerTable
  nsxvUser: NsxvUserTable
  nsxvWebInterface: NsxvWebInterfaceTable
  nsxvToken: NsxvTokenTable
  nsxvObject: NsxvObjectTable
}

/** Facts about the installation, such as the cluster's id. */
export interface PropertyTable {
  name: string
  value: string
}

export interface RealmTable {
  id: string
  nextUserid: number
  authPolicy: string
}

export interface ApplianceTable {
  id: string
  kind: 'manager' | 'edge' | 'vcenter' | 'nsxv'
  name: string
  realmId: string
  position: number
}

export interface AccountTable {
  realmId: string
  userid: number
  username: string
  /** The name in lower case: names are unique whatever their case. */
  usernameKey: string
  fullName: string
  accountType: string
  active: number
  passwordHash: string | null
  /** Grows with every change of the password, its taking away included. */
  passwordVersion: number
  passwordChangedAt: number
  /** Days; 0 means for ever. */
  passwordChangeFrequency: number
  passwordChangeWarning: number
  passwordResetRequired: number
}

export interface PasswordHistoryTable {
  realmId: string
  userid: number
  changedAt: number
  passwordHash: string
}

/** Keys belong to an account on one appliance: they are not synchronised within the cluster. */
export interface SshKeyTable {
  applianceId: string
  realmId: string
  userid: number
  label: string
  type: string
  value: string
}

export interface SessionTable {
  idHash: string
  tokenHash: string
  applianceId: string
  realmId: string
  /** The account; null where the session is that of a remote person. */
  userid: number | null
  /** The remote person as JSON. */
  person: string | null
  /** The principal identity; null where the session is another's. */
  principalIdentityId: string | null
  createdAt: number
  usedAt: number
  /** When it ends however much it is used; null for never. */
  endsAt: number | null
}

export interface LockoutTable {
  applianceId: string
  realmId: string
  /** Whom the failures are counted for: an account's userid, or an identity source and a name in it. */
  subject: string
  source: string
  failures: number
  windowStartedAt: number
  lockedAt: number | null
}

/** What every managed resource carries. */
export interface ManagedColumns {
  revision: number
  createdAt: number
  createdBy: string
  modifiedAt: number
  modifiedBy: string
}

export interface RoleBindingTable extends ManagedColumns {
  id: string
  realmId: string
  type: 'local_user' | 'remote_user' | 'remote_group' | 'remote'
  /** The account of a local user; null for others. */
  userid: number | null
  /** Of remote users and groups; empty for local ones, whose account has the name. */
  name: string
  /** The name in lower case, or a local user's userid: one binding for each of a source's names. */
  nameKey: string
  /** Empty for local users. */
  sourceType: string
  sourceId: string
  rolesForPaths: string
  /** JSON of what callers say of it. */
  description: string
}

export interface CustomRoleTable extends ManagedColumns {
  id: string
  displayName: string
  description: string
  /** Permissions by feature. */
  permissions: string
  /** JSON. */
  tags: string
}

export interface LdapIdentitySourceTable extends ManagedColumns {
  id: string
  config: string
  /** Of its servers, in their order: sealed, or null. */
  bindPasswords: string
}

export interface ApiServiceTable extends ManagedColumns {
  id: string
  config: string
  /** JSON of what callers say of it. */
  description: string
}

/** An OpenID provider beside that of the realm; `config` is JSON. */
export interface OidcEndPointTable {
  id: string
  revision: number
  config: string
}

/** The OpenID provider of a realm. */
export interface VidmProviderTable {
  realmId: string
  /** Grows by one with every change. */
  revision: number
  config: string
  /** The client secret sealed. */
  sealedSecret: string | null
}

export interface PolicyObjectTable extends ManagedColumns {
  path: string
  parentPath: string
  collection: string
  id: string
  uniqueId: string
  body: string
  /** Name of the principal identity that protects the object; empty: nobody does. */
  owner: string
}

/** A certificate that was imported. */
export interface CertificateTable extends ManagedColumns {
  id: string
  /** SHA-256 of it, 64 lower-case hex digits. */
  fingerprint: string
  /** The certificate, then those that issued one another up from it. */
  pem: string
  /** What the caller said of it, as JSON. */
  description: string
}

export interface PrincipalIdentityTable extends ManagedColumns {
  id: string
  name: string
  nodeId: string
  /** Null where it signs in with a token. */
  certificateId: string | null
  isProtected: number
  rolesForPaths: string
  /** What the caller said of it, as JSON. */
  description: string
  /** JSON of what callers say of the role binding. */
  bindingDescription: string
}

/** One chain of records: that of one data directory. */
export interface AuditJournalTable {
  id: number
  name: string
}

/** Records that were committed together, so that a busy server writes one row for many of them. */
export interface AuditGroupTable {
  journal: number
  /** Number of the first record in it, and of the last. */
  firstSeq: number
  lastSeq: number
  /** When the last of them was made. */
  at: number
  /** A line a record: its hash, a space, its JSON. */
  records: string
}

/** How far a journal has been written to a file, and how long that file was then; or to a syslog exporter's collector. */
export interface AuditExportTable {
  journal: number
  file: string
  seq: number
  bytes: number
}

/** What is in so many records of a journal, so that those that are looked for are found without reading the others. */
export interface AuditChunkTable {
  journal: number
  firstSeq: number
  lastSeq: number
  /** Of its records: the earliest time and the latest. */
  fromAt: number
  toAt: number
  /** As JSON: the names that records can be filtered by. */
  names: string
  /** As JSON: which of the names stand together in a record, and in how many. */
  entries: string
  /** As JSON: of each record the number of its entry. */
  places: string
  /** In base64: which short pieces of text are in its records. */
  signature: string
}

/** Where an appliance's audit lines go. Lists are JSON. */
export interface SyslogExporterTable {
  id: string
  applianceId: string
  name: string
  level: string
  facilities: string
  msgids: string
  structuredData: string
  protocol: string
  server: string
  port: number
  tlsCa: string | null
  tlsCert: string | null
  tlsClientCa: string | null
  /** Sealed. */
  tlsKey: string | null
}

/** An object of the vSphere inventory. */
export interface InventoryObjectTable {
  /** The one in its id, counted over all types: older objects have smaller ones, parents smaller than their children. */
  number: number
  id: string
  /** A vim25 name, such as `VirtualMachine`. */
  type: string
  name: string
  /** Where it stands; null for the root folder alone. */
  parent: string | null
  /** The resource pool of a virtual machine, the folder of a vApp. */
  secondParent: string | null
  /** What its type has besides, as JSON. */
  details: string
}

/** A role of vCenter's that people made. */
export interface VcenterRoleTable {
  /** An int32. */
  id: number
  name: string
  /** The name in lower case: names are unique whatever their case. */
  nameKey: string
  description: string
  /** Ids, as JSON. */
  privileges: string
}

/** That somebody has a role on an object of the vSphere inventory, or on all of it. */
export interface VcenterPermissionTable {
  /** An inventory object's, a tag's or a category's, or the global root's. */
  objectId: string
  /** The user or group by its key: `user:domain\name` or `group:domain\name`, in lower case. */
  grantee: string
  /** As they were given. */
  name: string
  domain: string
  isGroup: number
  roleId: number
  propagate: number
}

/** A category of tags. */
export interface VcenterTagCategoryTable {
  id: string
  name: string
  description: string
  /** `SINGLE` or `MULTIPLE`: how many of its tags an object can have. */
  cardinality: string
  /** Types of objects that its tags are for, as JSON; none: all. */
  associableTypes: string
  /** Who says that they use it, as JSON. */
  usedBy: string
}

export interface VcenterTagTable {
  id: string
  categoryId: string
  name: string
  description: string
  usedBy: string
}

/** That an object of the inventory has a tag. */
export interface VcenterTagAttachmentTable {
  tagId: string
  objectId: string
}

export interface SsoDomainTable {
  name: string
  policy: string
}

/** A user of vCenter's own domain. Names never change: permissions and memberships name them. */
export interface SsoUserTable {
  id: string
  name: string
  /** The name in lower case: names are unique whatever their case. */
  nameKey: string
  firstName: string
  lastName: string
  email: string
  description: string
  /** Whether it comes with the domain. */
  builtIn: number
  disabled: number
  passwordHash: string
  /** Grows with every change of the password. */
  passwordVersion: number
  passwordChangedAt: number
  passwordMustChange: number
}

export interface SsoPasswordHistoryTable {
  userId: string
  passwordVersion: number
  passwordHash: string
}

export interface SsoGroupTable {
  id: string
  name: string
  nameKey: string
  description: string
  builtIn: number
}

export interface SsoGroupMemberTable {
  groupId: string
  type: 'user' | 'group'
  name: string
  domain: string
  /** Name and domain whatever their case. */
  principalKey: string
}

/** A session of vCenter, whichever of its faces it was begun at. */
export interface VcenterSessionTable {
  idHash: string
  /** What it is called where sessions are listed. */
  key: string
  /** The user of vCenter's own domain; null where it is a remote person's. */
  userId: string | null
  /** The remote person as JSON. */
  person: string | null
  /** When the password was shown that it goes back to, be it by way of another session. */
  authenticatedAt: number
  createdAt: number
  usedAt: number
  callCount: number
  locale: string
  ipAddress: string
  userAgent: string
  extensionSession: number
}

/** What an NSX Manager for vSphere keeps once. */
export interface NsxvManagerTable {
  realmId: string
  /** `vsmUuid` and `nodeId` of its objects. */
  uuid: string
  nodeId: string
  nextUser: number
  /** The configuration in force, as JSON, and what a reboot goes back to. */
  running: string
  startup: string
  /** Of privileged mode; shared by all accounts. */
  enablePasswordHash: string
  /** Password hashes that a reboot goes back to, as JSON. */
  startupSecrets: string
  basicDisabled: number
  /** Minutes. */
  tokenExpiry: number
  /** What a reboot leaves as it is, as JSON; what is not in it is as it was at first. */
  settings: string
}

/** Who has a role on the NSX Manager for vSphere. */
export interface NsxvUserTable {
  number: number
  realmId: string
  origin: 'cli' | 'local' | 'vcenter'
  /** The account of a CLI or local user; null for others. */
  userid: number | null
  name: string
  /** The name in lower case: names are unique whatever their case. */
  nameKey: string
  isGroup: number
  fullName: string
  email: string
  enabled: number
  /** Empty: none yet. */
  role: string
  /** Ids of the objects that the role is for, as JSON. */
  scope: string
  revision: number
}

/** Accounts of the command line that may use the web interface. */
export interface NsxvWebInterfaceTable {
  realmId: string
  userid: number
}

/** An authentication token, and whose it was when it was issued. */
export interface NsxvTokenTable {
  tokenHash: string
  userKey: string
  /** Tells the user from another one who gets the name later. */
  identity: string
  name: string
  /** A directory's user as the directory told of them, as JSON; null for others. */
  person: string | null
  expiresAt: number
}

/** An object that a role can be limited to. */
export interface NsxvObjectTable {
  id: string
  type: string
  name: string
}
