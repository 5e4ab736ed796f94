import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Bus, ControlReply } from '../bus/bus.ts'
import { errorMessage } from '../domain/errors.ts'
import { issueText, shown } from '../protocol/schema-issue.ts'
import { type TapeCommand, tapeCommandSchema } from '../protocol/tape.ts'
import { csvEncoder } from '../tables/csv.ts'
import { forecastTable, type MessageTable, scoreTable } from '../tables/message-tables.ts'
import { acceptedFormat } from './accepted-format.ts'
import type { ApiSchema } from './api-schemas.ts'
import { Problem, problem } from './problem.ts'
import { documented, type RouteDoc } from './route-docs.ts'
import { unknownStation } from './session.ts'
import type { CachedStation, StationCache } from './station-cache.ts'

export interface StationRoutesOptions {
  readonly cache: StationCache
  readonly bus: Bus
  readonly control: (station: string, command: TapeCommand) => Promise<ControlReply>
}

const HOURS_DEFAULT = 72
const HOURS_MOST = 240
const historyQuery = z.object({
  hours: z.coerce.number().min(1).max(HOURS_MOST).default(HOURS_DEFAULT),
  forecasts: z.enum(['hourly', 'compared']).default('hourly'),
})

const removeQuery = z.object({ confirm: z.string().optional() })

const scoreQuery = z.object({ detail: z.enum(['pushed', 'full']).default('pushed') })

/** What there is as a table, too. */
const TABLES: { readonly [T in 'forecast' | 'score' | 'status']?: MessageTable } = {
  forecast: forecastTable(),
  score: scoreTable,
}

const newestDoc = (schema: ApiSchema, more: Partial<RouteDoc> = {}) =>
  documented({
    ...{
      tag: 'read',
      summary: `The newest ${schema.toLowerCase()}`,
      replies: { 200: { [JSON_TYPE]: schema } },
    },
    ...{ problems: ['unknown_station', 'nothing_yet'], ...more },
  })
const JSON_TYPE = 'application/json'
const CSV_TYPE = 'text/csv'

const DOCS = {
  stations: documented({
    ...{ tag: 'read', summary: 'All stations', replies: { 200: { [JSON_TYPE]: 'Stations' } } },
  }),
  station: documented({
    ...{ tag: 'read', summary: 'What a station is', replies: { 200: { [JSON_TYPE]: 'Station' } } },
    problems: ['unknown_station'],
  }),
  forecast: newestDoc('Forecast', {
    replies: { 200: { [JSON_TYPE]: 'Forecast', [CSV_TYPE]: 'text' } },
    problems: ['unknown_station', 'nothing_yet', 'not_acceptable'],
  }),
  score: newestDoc('Score', {
    query: scoreQuery,
    replies: { 200: { [JSON_TYPE]: 'ScoreOrVerification', [CSV_TYPE]: 'text' } },
    problems: ['unknown_station', 'nothing_yet', 'not_acceptable'],
  }),
  status: newestDoc('Status'),
  history: documented({
    ...{ tag: 'read', query: historyQuery, replies: { 200: { [JSON_TYPE]: 'History' } } },
    summary: 'The last hours of readings and forecasts, as a chart begins with them',
    problems: ['unknown_station'],
  }),
  replay: documented({
    ...{ tag: 'operate', summary: 'Operates a tape', body: { [JSON_TYPE]: 'TapeCommand' } },
    replies: { 200: { [JSON_TYPE]: 'Tape' } },
    problems: ['bad_json', 'unknown_station', 'no_replay', 'would_forget', 'out_of_range'],
  }),
  remove: documented({
    ...{ tag: 'operate', summary: 'Forgets a station and all that is held of it, for good' },
    ...{ query: removeQuery, replies: { 200: { [JSON_TYPE]: 'Removed' } } },
    problems: ['unknown_station', 'under_replay'],
  }),
}

type ById = { Params: { id: string } }

/** What is known of the stations, for reading; and their tapes, for operating. */
export async function stationRoutes(
  app: FastifyInstance,
  { cache, bus, control }: StationRoutesOptions,
): Promise<void> {
  app.get('/v1/stations', DOCS.stations, async () => ({
    stations: cache.stations().map(({ description }) => description),
  }))
  app.get<ById>(
    '/v1/stations/:id',
    DOCS.station,
    async ({ params }) => stationAt(cache, params.id).description,
  )

  for (const topic of ['forecast', 'score', 'status'] as const) {
    app.get<ById>(`/v1/stations/:id/${topic}`, DOCS[topic], async (request, reply) => {
      const { params, query } = request
      const station = stationAt(cache, params.id)
      const message =
        topic === 'score' && wantsDetail(query) ? station.verification : station.logs[topic].newest?.message
      if (message === undefined) throw problem('nothing_yet', `station '${params.id}' has no ${topic} yet`)
      const table = TABLES[topic]
      void reply.header('vary', 'accept')
      const isJson = !table || message === station.verification
      if (isJson || acceptedFormat(request, ['application/json', 'text/csv']) === 'application/json')
        return message
      const encoder = csvEncoder(table.columns)
      const rows = Buffer.concat([encoder.encode(table.rows(message)), encoder.end()])
      return reply.type('text/csv').send(rows)
    })
  }

  app.get<ById>('/v1/stations/:id/history', DOCS.history, async ({ params, query }) => {
    const station = stationAt(cache, params.id)
    const read = historyQuery.safeParse(query)
    if (!read.success) throw problem('bad_request', issueText(read.error, query))
    return station.history.last({ ...read.data, target: station.description.target })
  })

  app.post<ById>('/v1/stations/:id/replay', DOCS.replay, async ({ params, body }) => {
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

  app.delete<ById>('/v1/stations/:id', DOCS.remove, async ({ params, query }) => {
    const station = stationAt(cache, params.id)
    checkConfirmed(station.id, query)
    const tape = await control(station.id, { state: true })
    if ('result' in tape) {
      const why = 'its process would announce it again: end that first'
      throw problem('under_replay', `a tape is played of '${station.id}', and ${why}`)
    }
    await removed(bus, station)
    cache.remove(station.id)
    return { id: station.id, removed: true }
  })
}

/** Nothing of a station that was removed can be had back. */
function checkConfirmed(id: string, query: unknown): void {
  const read = removeQuery.safeParse(query)
  if (!read.success) throw problem('bad_request', issueText(read.error, query))
  const { confirm } = read.data
  if (confirm === id) return
  const rule = `the station's id, '${id}': all that is held of it goes, for good`
  throw problem('bad_request', `confirm: ${shown(confirm)} breaks the rule: ${rule}`)
}

/** Tells whoever knows it, and drops what the bus holds of it. */
async function removed(bus: Bus, { id, description }: CachedStation): Promise<void> {
  const healthError = bus.healthError()
  if (healthError !== undefined) throw problem('busy', `the bus takes nothing at the moment: ${healthError}`)
  try {
    await bus.publish(id, 'station', { ...description, removed: true })
    await bus.flush()
    await bus.forget(id)
  } catch (cause) {
    throw problem('busy', `'${id}' was not removed: ${errorMessage(cause)}`)
  }
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
