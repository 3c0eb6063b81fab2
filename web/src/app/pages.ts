import type { Type } from '@angular/core'
import { readableSurfaces } from './audit/readable.ts'
import { mayRead } from './nsxv-users/nsxv-users.ts'
import { type Identity, mayInNsx, mayInVcenter, type Session } from './session/session.ts'

/** A page of the console. Its route, its entry in the navigation and who may open it come from here. */
export interface Page {
  /** Below `/console/`. */
  path: string
  title: string
  /** Heading in the navigation that it stands under. */
  group: 'Sallyport' | 'NSX' | 'NSX for vSphere' | 'vCenter'
  /** The sign-in that it needs; `any`: one of them. */
  identity: Identity | 'any'
  /** Whether the person may read what the page shows. It is asked only of people who have the sign-in. */
  allowed(session: Session): boolean
  load(): Promise<Type<unknown>>
}

/** Every page, in the order of the navigation. */
export const pages: readonly Page[] = [
  {
    path: 'overview',
    title: 'Overview',
    group: 'Sallyport',
    identity: 'any',
    allowed: () => true,
    load: () => import('./overview/overview.page.ts').then((file) => file.OverviewPage),
  },
  {
    path: 'sessions',
    title: 'Sessions',
    group: 'Sallyport',
    identity: 'any',
    allowed: () => true,
    load: () => import('./open-sessions/open-sessions.page.ts').then((file) => file.OpenSessionsPage),
  },
  {
    path: 'home',
    title: 'You',
    group: 'Sallyport',
    identity: 'any',
    allowed: () => true,
    load: () => import('./home/home.page.ts').then((file) => file.HomePage),
  },
  {
    path: 'audit',
    title: 'Audit log',
    group: 'Sallyport',
    identity: 'any',
    allowed: (session) => readableSurfaces(session).length > 0,
    load: () => import('./audit/audit.page.ts').then((file) => file.AuditPage),
  },
  {
    path: 'node-users',
    title: 'Local users',
    group: 'NSX',
    identity: 'nsx',
    allowed: (session) => mayInNsx(session, 'system_administration_passwd_mgmt'),
    load: () => import('./node-users/node-users.page.ts').then((file) => file.NodeUsersPage),
  },
  {
    path: 'role-bindings',
    title: 'Role bindings',
    group: 'NSX',
    identity: 'nsx',
    allowed: (session) => mayInNsx(session, 'users_role_assignments'),
    load: () => import('./role-bindings/role-bindings.page.ts').then((file) => file.RoleBindingsPage),
  },
  {
    path: 'nsx-roles',
    title: 'Roles',
    group: 'NSX',
    identity: 'nsx',
    allowed: (session) => mayInNsx(session, 'users_custom_role'),
    load: () => import('./nsx-roles/nsx-roles.page.ts').then((file) => file.NsxRolesPage),
  },
  {
    path: 'sso-users',
    title: 'Users',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: ({ vcenter }) => vcenter?.administrator === true,
    load: () => import('./sso/users.page.ts').then((file) => file.SsoUsersPage),
  },
  {
    path: 'sso-groups',
    title: 'Groups',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: ({ vcenter }) => vcenter?.administrator === true,
    load: () => import('./sso/groups.page.ts').then((file) => file.SsoGroupsPage),
  },
  {
    path: 'sso-sources',
    title: 'Identity sources',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: ({ vcenter }) => vcenter?.administrator === true,
    load: () => import('./sso/sources.page.ts').then((file) => file.SsoSourcesPage),
  },
  {
    path: 'auth-policy',
    title: 'Authentication policy',
    group: 'NSX',
    identity: 'nsx',
    // As every account may in the API. @see nsx-api.md 1.1
    allowed: () => true,
    load: () => import('./policy/auth-policy/auth-policy.page.ts').then((file) => file.AuthPolicyPage),
  },
  {
    path: 'api-service',
    title: 'API service',
    group: 'NSX',
    identity: 'nsx',
    allowed: (session) => mayInNsx(session, 'system_administration'),
    load: () => import('./policy/api-service/api-service.page.ts').then((file) => file.ApiServicePage),
  },
  {
    path: 'nsxv-users',
    title: 'Users',
    group: 'NSX for vSphere',
    identity: 'vcenter',
    allowed: ({ vcenter }) => mayRead(vcenter?.nsxv_role ?? null),
    load: () => import('./nsxv-users/nsxv-users.page.ts').then((file) => file.NsxvUsersPage),
  },
  {
    path: 'sso-policy',
    title: 'Password policy',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: ({ vcenter }) => vcenter?.administrator === true,
    load: () => import('./policy/sso-policy/sso-policy.page.ts').then((file) => file.SsoPolicyPage),
  },
  {
    path: 'vsphere-permissions',
    title: 'Permissions',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: (session) => mayInVcenter(session, 'System.View'),
    load: () => import('./vsphere/permissions.page.ts').then((file) => file.PermissionsPage),
  },
  {
    path: 'global-permissions',
    title: 'Global permissions',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: (session) => mayInVcenter(session, 'System.Read'),
    load: () => import('./vsphere/global-permissions.page.ts').then((file) => file.GlobalPermissionsPage),
  },
  {
    path: 'vsphere-roles',
    title: 'Roles',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: (session) => mayInVcenter(session, 'System.View'),
    load: () => import('./vsphere/roles.page.ts').then((file) => file.RolesPage),
  },
  {
    path: 'who-can',
    title: 'Who can do what here',
    group: 'vCenter',
    identity: 'vcenter',
    allowed: (session) => mayInVcenter(session, 'System.View'),
    load: () => import('./vsphere/who-can.page.ts').then((file) => file.WhoCanPage),
  },
]
