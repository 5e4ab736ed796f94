import type { FastifyRequest } from 'fastify'
import { problem } from './problem.ts'

/** The media type of those on offer that `Accept` likes best, the first where it does not say. Needs `@fastify/accepts`. */
export function acceptedFormat<T extends string>(request: FastifyRequest, types: readonly T[]): T {
  const best = request.accepts().type([...types])
  const chosen = types.find((type) => type === best)
  if (chosen) return chosen
  const asked = (request.headers.accept ?? '').slice(0, 100)
  throw problem('not_acceptable', `accept: '${asked}': one of ${types.join(', ')}`)
}
