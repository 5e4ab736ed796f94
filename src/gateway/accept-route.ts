import type { FastifyInstance } from 'fastify'
import { documented } from './route-docs.ts'
import type { StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'
import type { TickIntake } from './tick-intake.ts'

const ACCEPT = documented({
  ...{ tag: 'operate', summary: 'What the sensor says is real, says its owner' },
  replies: { 202: { 'application/json': 'Accepted' } },
  problems: ['unknown_station', 'under_replay'],
})

/** `POST /v1/stations/:id/health/accept`. The reply tells the fault that is believed from now on, null where none was known. */
export async function acceptRoute(
  app: FastifyInstance,
  { intake, cache }: { readonly intake: TickIntake; readonly cache: StationCache },
): Promise<void> {
  app.post<{ Params: { id: string } }>(
    '/v1/stations/:id/health/accept',
    ACCEPT,
    async ({ params }, reply) => {
      const station = intake.station(params.id)
      const known = stationAt(cache, station.id).logs.status.newest?.message.health?.fault ?? null
      await intake.accept(station)
      return reply.code(202).send({ id: station.id, accepted: known })
    },
  )
}
