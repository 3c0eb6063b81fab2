import type { FastifyInstance, FastifyPluginOptions } from 'fastify'

type Routes<Options> = (app: FastifyInstance, options: Options) => Promise<void>

/**
 * The routes of several files as one plugin. Each plugin of fastify's is a world of its own, which costs the start about
 * half a millisecond; routes that read no bodies of another kind and have no hooks need none.
 */
export function together<Options extends FastifyPluginOptions>(...all: Routes<Options>[]): Routes<Options> {
  return async (app, options) => {
    for (const routes of all) await routes(app, options)
  }
}
