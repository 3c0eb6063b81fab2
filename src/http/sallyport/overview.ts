import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { ExpiringPassword } from '../../access/accounts/account-watch.ts'
import type { Feature } from '../../access/roles/features.ts'
import { isSsoAdministrator } from '../../access/vcenter/sso/principals.ts'
import type { ChainState } from '../../audit/chain-watch.ts'
import { type Surface, surfaces } from '../../audit/trail/facets.ts'
import { permits } from '../nsx/permits.ts'
import { mayRead } from './audit/readable.ts'
import { errorAnswers } from './errors.ts'
import { sallyportFace } from './face.ts'
import { viewerOf } from './sessions.ts'
import { stateOf } from './state.ts'

/** Days before a password expires from which on it is told. */
const soon = 14
/** Accounts that are named; there may be thousands. */
const mostNamed = 100

const count = Type.Integer({ minimum: 0 })
const time = Type.String({ format: 'date-time' })

const HourOfSignIns = Type.Object({
  hour: Type.String({ format: 'date-time', description: 'When it begins' }),
  nsx: Type.Optional(count),
  vcenter: Type.Optional(count),
  nsxv: Type.Optional(count),
})

const Overview = Type.Object({
  nodes: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      kind: Type.Enum(['manager', 'edge', 'vcenter', 'nsxv']),
    }),
    { description: 'The appliances that the caller is somebody at' },
  ),
  sessions: Type.Object(
    { nsx: Type.Optional(count), vcenter: Type.Optional(count), ssh: Type.Optional(count) },
    { description: 'Open sessions, of the kinds of which the caller may see all' },
  ),
  locked: Type.Object(
    { nsx: Type.Optional(count), vcenter: Type.Optional(count) },
    { description: 'Accounts that failed sign-ins keep out now, for those who may read the users' },
  ),
  expiring_passwords: Type.Optional(
    Type.Object(
      {
        within_days: count,
        accounts: Type.Array(
          Type.Object({
            surface: Type.Enum(['nsx', 'vcenter']),
            edge: Type.Optional(Type.String({ description: 'The edge that it is an account of' })),
            user_name: Type.String(),
            days: Type.Integer({ minimum: 0, description: 'Whole days that the password lives' }),
            expired: Type.Boolean(),
          }),
          { description: 'Those that expire first' },
        ),
        total: count,
      },
      { description: 'For those who may read the users' },
    ),
  ),
  refused_sign_ins: Type.Optional(
    Type.Array(HourOfSignIns, {
      description:
        'Sign-ins that were refused, in each of the last 24 hours, the present one included; of the surfaces whose audit log the caller may read',
    }),
  ),
  lockouts: Type.Optional(
    Type.Array(HourOfSignIns, { description: 'Accounts that wrong passwords have locked, in the same hours' }),
  ),
  refused_sign_ins_incomplete: Type.Optional(
    Type.Literal(true, { description: 'There were so many calls that not all have been counted yet' }),
  ),
  audit: Type.Optional(
    Type.Object(
      {
        records: count,
        last_recorded: Type.Optional(time),
        verified: Type.Union(
          [
            Type.Object({
              at: time,
              intact: Type.Boolean(),
              records: Type.Integer({ minimum: 0, description: 'That follow from one another' }),
              problem: Type.Optional(Type.String()),
            }),
            Type.Null(),
          ],
          {
            description:
              'How the last look at the chain ended, which is looked at whenever this is read; null: before it has',
          },
        ),
      },
      { description: 'For those who may read the audit log of an appliance' },
    ),
  ),
})

const wireAudit = ({ records, lastAt, verified }: ChainState) => ({
  records,
  ...(lastAt === undefined ? {} : { last_recorded: new Date(lastAt).toISOString() }),
  verified: verified
    ? {
        at: new Date(verified.at).toISOString(),
        intact: verified.verdict.intact,
        records: verified.verdict.records,
        ...(verified.verdict.intact ? {} : { problem: `Record ${verified.verdict.seq}: ${verified.verdict.reason}` }),
      }
    : null,
})

/** `/overview`: how things stand. Each part is there for those who may read it. */
export const overviewRoute: FastifyPluginAsyncTypebox = async (app) => {
  const { appliances, openSessions, accountWatch, chainWatch, auditTrail, nsxv } = app.services

  function mayInNsx(request: FastifyRequest, feature: Feature): boolean {
    const { identity } = request
    return identity !== undefined && permits(request, identity.principal, { feature, permission: 'read' })
  }

  function nodesOf(request: FastifyRequest) {
    const { vcenter } = stateOf(request)
    const inNsxv = vcenter !== undefined && (nsxv?.signIn.asPerson(vcenter.principal)?.grants.length ?? 0) > 0
    return [
      ...(mayInNsx(request, 'system_administration') ? [...appliances.managers, ...appliances.edges] : []),
      ...(vcenter ? [appliances.vcenter] : []),
      ...(inNsxv && appliances.nsxv ? [appliances.nsxv] : []),
    ].map(({ id, name, kind }) => ({ id, name, kind }))
  }

  function passwords(inNsx: boolean, inVcenter: boolean) {
    const wire =
      (surface: 'nsx' | 'vcenter') =>
      ({ user, ...rest }: ExpiringPassword) => ({ surface, user_name: user, ...rest })
    const all = [
      ...(inNsx ? accountWatch.expiringInNsx(soon).map(wire('nsx')) : []),
      ...(inVcenter ? accountWatch.expiringInVcenter(soon).map(wire('vcenter')) : []),
    ].sort((a, b) => Number(b.expired) - Number(a.expired) || a.days - b.days)
    return { within_days: soon, accounts: all.slice(0, mostNamed), total: all.length }
  }

  async function refusedSignIns(readable: Record<Surface, boolean>) {
    const { hours, complete } = await auditTrail.refusedSignIns()
    const shown = (which: 'refused' | 'locked') =>
      hours.map((counted) => ({
        hour: new Date(counted.hour).toISOString(),
        ...Object.fromEntries(surfaces.filter((one) => readable[one]).map((one) => [one, counted[which][one]])),
      }))
    const told = { refused_sign_ins: shown('refused'), lockouts: shown('locked') }
    return complete ? told : { ...told, refused_sign_ins_incomplete: true as const }
  }

  app.get(
    '/overview',
    {
      schema: {
        summary: 'Read how things stand; each part is there for those who may read it',
        response: { 200: Overview, ...errorAnswers },
      },
      config: { face: sallyportFace, requires: 'sign-in', operation: { module: 'sallyport.overview', name: 'get' } },
    },
    async (request) => {
      const { vcenter } = stateOf(request)
      const inVcenter = vcenter !== undefined && isSsoAdministrator(vcenter.principal)
      const inNsx = mayInNsx(request, 'system_administration_passwd_mgmt')
      const readable = mayRead(request)
      const locked = accountWatch.locked()
      return {
        nodes: nodesOf(request),
        sessions: openSessions.count(viewerOf(request)),
        locked: { ...(inNsx ? { nsx: locked.nsx } : {}), ...(inVcenter ? { vcenter: locked.vcenter } : {}) },
        ...(inNsx || inVcenter ? { expiring_passwords: passwords(inNsx, inVcenter) } : {}),
        ...(readable.nsx || readable.vcenter || readable.nsxv
          ? { ...(await refusedSignIns(readable)), audit: wireAudit(await chainWatch.state()) }
          : {}),
      }
    },
  )
}
