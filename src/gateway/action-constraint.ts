import type { FastifyServerOptions } from 'fastify'

type Strategy = NonNullable<NonNullable<FastifyServerOptions['routerOptions']>['constraints']>[string]
type Handler = Parameters<ReturnType<Strategy['storage']>['set']>[1]

/** Lets routes share a path and a method and differ in `?action=`, or in vCenter's `?~action=`, which is told apart by its `~`. */
export const actionConstraint: Strategy = {
  name: 'action',
  storage() {
    const handlers = new Map<string, Handler>()
    return {
      get: (action) => handlers.get(action as string) ?? null,
      set: (action, handler) => void handlers.set(action as string, handler),
    }
  },
  deriveConstraint({ url = '' }) {
    // Most calls have none, and need no expression to see it.
    const action = url.includes('action=') ? /[?&](~?)action=([^&]*)/.exec(url) : null
    return action === null ? (undefined as never) : `${action[1]}${action[2]}`
  },
  mustMatchWhenDerived: false,
}
