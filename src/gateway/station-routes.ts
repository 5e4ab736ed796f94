import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { ControlReply } from '../bus/bus.ts'
import { type TapeCommand, tapeCommandSchema } from '../protocol/messages.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { Problem, problem } from './problem.ts'
import { unknownStation } from './session.ts'
import type { CachedStation, StationCache } from './station-cache.ts'

export interface StationRoutesOptions {
  readonly cache: StationCache
  readonly control: (station: string, command: TapeCommand) => Promise<ControlReply>
}

const HOURS_DEFAULT = 72
const HOURS_MOST = 240
const historyQuery = z.object({
  hours: z.coerce.number().min(1).max(HOURS_MOST).default(HOURS_DEFAULT),
})

const scoreQuery = z.object({ detail: z.enum(['pushed', 'full']).default('pushed') })

type ById = { Params: { id: string } }

/** What is known of the stations, for reading; and their tapes, for operating. */
export async function stationRoutes(
  app: FastifyInstance,
  { cache, control }: StationRoutesOptions,
): Promise<void> {
  app.get('/v1/stations', async () => ({
    stations: cache.stations().map(({ description }) => description),
  }))
  app.get<ById>('/v1/stations/:id', async ({ params }) => stationAt(cache, params.id).description)

  for (const topic of ['forecast', 'score', 'status'] as const) {
    app.get<ById>(`/v1/stations/:id/${topic}`, async ({ params, query }) => {
      const station = stationAt(cache, params.id)
      const message =
        topic === 'score' && wantsDetail(query) ? station.verification : station.logs[topic].newest?.message
      if (message === undefined) throw problem('not_found', `station '${params.id}' has no ${topic} yet`)
      return message
    })
  }

  app.get<ById>('/v1/stations/:id/history', async ({ params, query }) => {
    const station = stationAt(cache, params.id)
    const read = historyQuery.safeParse(query)
    if (!read.success) throw problem('bad_request', issueText(read.error, query))
    return station.history.last(read.data.hours, station.description.target)
  })

  app.post<ById>('/v1/stations/:id/replay', async ({ params, body }) => {
    const { id } = stationAt(cache, params.id)
    const read = tapeCommandSchema.safeParse(body)
    if (!read.success) throw problem('bad_request', issueText(read.error, body))
    if (read.data.station !== undefined && read.data.station !== id) {
      throw problem('bad_request', `station: '${read.data.station}' is not the station of this path, '${id}'`)
    }
    const reply = await control(id, read.data)
    if ('error' in reply) throw new Problem(reply.error)
    return reply.result
  })
}

/** The scores as they are pushed, or with `detail=full` all figures, leads, windows and months. */
function wantsDetail(query: unknown): boolean {
  const read = scoreQuery.safeParse(query)
  if (!read.success) throw problem('bad_request', issueText(read.error, query))
  return read.data.detail === 'full'
}

/** The station of a path; a problem where there is none. */
export function stationAt(cache: StationCache, id: string): CachedStation {
  const station = cache.station(id)
  if (station === undefined) throw new Problem(unknownStation(id, cache.stations()))
  return station
}
