import type { FastifyInstance } from 'fastify'
import { ulid } from 'ulid'
import type { Bus } from '../bus/bus.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import { Problem, problem } from './problem.ts'
import { publishTicks } from './publish-ticks.ts'
import type { StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'
import { notReady, underReplay } from './tick-routes.ts'

/**
 * `POST /v1/stations/:id/health/accept`: what the sensor says is real, says its owner. That goes the way of the ticks, so
 * that whoever reads them again comes to the same. The reply tells the fault that is believed from now on, null where
 * none was known.
 */
export async function acceptRoute(
  app: FastifyInstance,
  { bus, cache, now }: { readonly bus: Bus; readonly cache: StationCache; readonly now: () => Instant },
): Promise<void> {
  app.post<{ Params: { id: string } }>('/v1/stations/:id/health/accept', async ({ params }, reply) => {
    const { id, description, logs } = stationAt(cache, params.id)
    if (description.tape) throw new Problem(underReplay(id, cache))
    if (!bus.hasSubscribers(id, 'tick')) throw problem('busy', notReady(id))
    const at = formatInstant(now())
    const accept = { event_time: at, ingest_time: at, id: `http/${ulid()}/accept`, values: {} }
    await publishTicks(bus, id, [{ ...accept, health: 'accept' }])
    return reply.code(202).send({ id, accepted: logs.status.newest?.message.health?.fault ?? null })
  })
}
