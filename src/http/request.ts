import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { Principal } from '../access/principal.ts'
import type { Feature, Permission } from '../access/roles/features.ts'
import type { Session } from '../access/sessions/sessions.ts'
import type { AuditRecord } from '../audit/record.ts'
import type { Appliance } from '../inventory/appliances.ts'
import type { Upstream } from '../relay/upstream.ts'
import type { Services } from '../services.ts'
import type { Face } from './face.ts'
import type { NsxvRoute } from './nsxv/requirement.ts'
import type { Operation } from './vcenter/vapi/operation.ts'

/**
 * What a route asks of its caller:
 * `nothing`, for whoever asks; `sign-in`, for every account; `own-password`, the same and also for accounts that must
 * change their password first; `sso-administrator`, for those who may manage vCenter's users; a permission of NSX
 * Manager's on a feature; or, in our own API, a privilege of vCenter's.
 */
export type Requirement =
  | 'nothing'
  | 'sign-in'
  | 'own-password'
  | 'sso-administrator'
  | PermissionRequirement
  | PrivilegeRequirement

/** A privilege of vCenter's, on the folder that its inventory begins with. */
export interface PrivilegeRequirement {
  privilege: string
}

export interface PermissionRequirement {
  feature: Feature
  permission: Permission
  /**
   * Where roles may give the permission: at `/` unless said otherwise; at the path of what the call is about, made of
   * the URL's parameters, and above it; or `somewhere`, where the use case asks for the rest itself.
   */
  at?: 'somewhere' | ((params: Record<string, string>) => string)
}

export interface RouteConfig {
  /** NSX Manager's unless said otherwise. */
  face?: Face
  requires: Requirement
  /** How the audit log names the call; node API calls go without. */
  operation?: { module: string; name: string }
  /** What a route of vCenter's calls. */
  vapi?: Operation
  /** What a route of NSX-v's is. */
  nsxv?: NsxvRoute
  /** Value of the `action` query parameter that selects the route. */
  action?: string
  /** The form that is the body, for the API's description; the route reads it itself. */
  form?: TSchema
  /** A POST that changes nothing. */
  readsByPost?: boolean
  /** Its cost grows with what is stored: it waits for its caller's turn. */
  costly?: true
  /** Calls of pages and probes that are not API calls. */
  unaudited?: boolean
}

export interface Identity {
  principal: Principal
  /** Absent where the caller signs in with every call. */
  session: Session | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    services: Services
  }
  interface FastifyContextConfig extends Partial<RouteConfig> {}
  interface FastifyRequest {
    /** The manager node that was asked. */
    manager: Appliance
    source: string
    identity: Identity | undefined
    /** The name that was given, where signing in with it failed. */
    refusedName: string | undefined
    /** Whether that has locked the account. */
    locks: boolean
    route: Partial<RouteConfig>
    face: Face
    callId: string
    /** Of a relayed call that failed. */
    outcome: AuditRecord['outcome']
    /** Of a relayed call whose body was looked into: the method and the path of each object that it changes. */
    changedPaths: string[] | undefined
    /** As `performance.now()`. */
    arrivedAt: number
    /** Whether the call's record is journaled, or cannot be. */
    audited: boolean
  }
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Set by the listener that took the request. */
    manager?: Appliance
    /** Set if the client asked with HEAD. The call is then answered like GET, and the body is not sent. */
    isHead?: boolean
    /** Of calls that go to an upstream: the canonical URL, which is what goes there. */
    relayed?: { url: string; upstream: Upstream }
  }
}

/** The method that the client sent, for the audit record. Routes see GET where it was HEAD. */
export const methodOf = ({ raw, method }: FastifyRequest): string => (raw.isHead ? 'HEAD' : method)
