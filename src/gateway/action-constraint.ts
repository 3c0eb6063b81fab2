import type { FastifyServerOptions } from 'fastify'

type Strategy = NonNullable<NonNullable<FastifyServerOptions['routerOptions']>['constraints']>[string]
type Handler = Parameters<ReturnType<Strategy['storage']>['set']>[1]

/** Lets routes share a path and a method and differ in `?action=`. */
export const actionConstraint: Strategy = {
  name: 'action',
  storage() {
    const handlers = new Map<string, Handler>()
    return {
      get: (action) => handlers.get(action as string) ?? null,
      set: (action, handler) => void handlers.set(action as string, handler),
    }
  },
  deriveConstraint: (request) => /[?&]action=([^&]*)/.exec(request.url ?? '')?.[1] as string,
  mustMatchWhenDerived: false,
}
