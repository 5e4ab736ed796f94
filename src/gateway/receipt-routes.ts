import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { paired } from '../core/paired.ts'
import { DAY, formatInstant, HOUR, type Instant, parseInstant } from '../domain/instant.ts'
import { stationOf } from '../protocol/encode.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import { parsedForecastId } from '../protocol/forecast-id.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import { type Receipt, receiptOf } from '../protocol/receipt.ts'
import { issueText, shown } from '../protocol/schema-issue.ts'
import { receiptPage } from '../report/receipt-page.ts'
import { sendPage } from './page-reply.ts'
import { problem } from './problem.ts'
import { AS_PAGE } from './public-route.ts'
import { recordedMessages } from './record-messages.ts'
import type { RecordSource } from './record-source.ts'
import { documented } from './route-docs.ts'
import type { CachedStation, StationCache } from './station-cache.ts'
import { KEPT } from './station-log.ts'
import { stationAt } from './station-routes.ts'

export interface ReceiptRoutesOptions {
  readonly cache: StationCache
  /** Undefined: nothing is kept. */
  readonly records: RecordSource | undefined
}

const ID_RULE = 'the id of a forecast, as jena/2026-03-01T05:00:00Z, or a station/newest'
const pageQuery = z.strictObject({
  id: z.string().max(128).describe(ID_RULE),
  token: z.unknown().optional(),
})
const PROBLEMS = ['unknown_station', 'not_found', 'nothing_yet'] as const
const summary = 'Why a forecast is what it is, and what came of it'

const JSON_DOC = documented({
  ...{ tag: 'record', summary, problems: PROBLEMS },
  replies: { 200: { 'application/json': 'Receipt' } },
})
const PAGE_DOC = documented({
  ...{ tag: 'record', summary: `${summary}, as a page`, query: pageQuery, problems: PROBLEMS },
  replies: { 200: { 'text/html': 'text' } },
})

/** The last truth, and what it may need to be told by, come so long after the issue. */
const TRUTHS_WITHIN = 3 * DAY

/** `GET /v1/stations/:id/forecasts/:issued_at/receipt` and the page `/explain?id=`: of what is kept, else of the last days. */
export async function receiptRoutes(app: FastifyInstance, options: ReceiptRoutesOptions): Promise<void> {
  const { cache } = options
  app.get<{ Params: { id: string; issued_at: string } }>(
    '/v1/stations/:id/forecasts/:issued_at/receipt',
    JSON_DOC,
    async ({ params }) => await receipt(options, stationAt(cache, params.id), params.issued_at),
  )
  app.get('/explain', { ...AS_PAGE, ...PAGE_DOC }, async ({ query }, reply) => {
    const read = pageQuery.safeParse(query)
    if (!read.success) throw problem('bad_request', issueText(read.error, query))
    const { id } = read.data
    const [station = '', issuedAt = ''] = [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)]
    if (issuedAt !== NEWEST && !parsedForecastId(id))
      throw problem('bad_request', `id: ${shown(id)} breaks the rule: ${ID_RULE}`)
    return sendPage(reply, receiptPage(await receipt(options, stationAt(cache, station), issuedAt)))
  })
}

const NEWEST = 'newest'

async function receipt(
  { records }: ReceiptRoutesOptions,
  station: CachedStation,
  issuedAt: string,
): Promise<Receipt> {
  const newest = station.logs.forecast.newest?.message
  if (newest === undefined) throw problem('nothing_yet', `station '${station.id}' has no forecast yet`)
  const at = parseInstant(issuedAt === NEWEST ? newest.issued_at : issuedAt)
  if (at === undefined)
    throw problem(
      'bad_request',
      `issued_at: ${shown(issuedAt)} breaks the rule: RFC 3339 with a zone, or newest`,
    )
  const isKept = records !== undefined && station.description.tape === undefined
  const kept = isKept ? await keptAt(records, station.id, at) : undefined
  const message = kept ?? lately(station, at)
  if (message === undefined) throw notThere(station, at, isKept)
  const readings = kept && records ? readingsAfter(records, station.id, at) : readingsLately(station, at)
  return receiptOf(station.id, message, await truthsOf(station, message, readings))
}

/** Of several sessions the newest. */
async function keptAt(
  records: RecordSource,
  station: string,
  at: Instant,
): Promise<ForecastMessage | undefined> {
  const found = await records.records(station, 'forecast', { from: at, to: at + 1, limit: 10 })
  return found.at(-1)?.message as ForecastMessage | undefined
}

/** Of those that a client may still recover. */
function lately({ logs: { forecast } }: CachedStation, at: Instant): ForecastMessage | undefined {
  const entries = forecast.after(Math.max(0, forecast.offset - KEPT.forecast)) ?? []
  return entries.findLast(({ message }) => parseInstant(message.issued_at) === at)?.message
}

function readingsAfter(records: RecordSource, station: string, at: Instant): AsyncIterable<ReadingMessage> {
  const range = { from: at - HOUR, to: at + TRUTHS_WITHIN }
  return recordedMessages(records, station, 'reading', range) as AsyncIterable<ReadingMessage>
}

/** Of what is in memory, bridged or not. */
function readingsLately({ history, description: { target } }: CachedStation, at: Instant): ReadingMessage[] {
  const { readings } = history.last({ hours: 10 * 24, target, forecasts: 'compared' })
  return readings
    .filter(({ event_time }) => (parseInstant(event_time) ?? 0) >= at - HOUR)
    .map(({ event_time, value, bridged }) => ({
      ...{ event_time, ingest_time: event_time, bridged, source: 'live' as const },
      values: { [target]: value },
    }))
}

async function truthsOf(
  { description }: CachedStation,
  message: ForecastMessage,
  readings: Iterable<ReadingMessage> | AsyncIterable<ReadingMessage>,
): Promise<Float64Array> {
  for await (const { truth } of paired(stationOf(description), { forecasts: [message], readings }))
    return truth
  return new Float64Array(0)
}

function notThere({ id }: CachedStation, at: Instant, isKept: boolean) {
  const remedy = isKept ? '' : `; of what is not kept the last ${KEPT.forecast} are`
  return problem('not_found', `no forecast of '${id}' issued at ${formatInstant(at)} is held${remedy}`)
}
