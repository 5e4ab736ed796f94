import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { LEADS } from '../domain/forecast.ts'
import { DAY, HOUR, type Instant, parseInstant, type Span } from '../domain/instant.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { csvEncoder } from '../tables/csv.ts'
import type { Column } from '../tables/table.ts'
import { acceptedFormat } from './accepted-format.ts'
import {
  type ChartRow,
  type ChartSource,
  chartRows,
  issuedWithin,
  type ObservedValue,
  thinned,
} from './chart-rows.ts'
import { problem } from './problem.ts'
import { recordedMessages } from './record-messages.ts'
import type { RecordSource } from './record-source.ts'
import { documented } from './route-docs.ts'
import type { CachedStation, StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'

export interface ChartRoutesOptions {
  readonly cache: StationCache
  readonly records: RecordSource | undefined
  readonly now: () => Instant
}

const LONGEST_DAYS = 31
const WEEK: Span = 7 * DAY
const POINTS = { usual: 1_000, most: 10_000 }

const TIME_RULE = 'milliseconds since 1970, or RFC 3339 with a zone'
const time = z.string().transform((text, context): Instant => {
  const at = /^-?\d{1,16}$/.test(text) ? Number(text) : parseInstant(text.replace(/ (?=\d{2}:\d{2}$)/, '+'))
  if (at !== undefined && Math.abs(at) <= 8.64e15) return at
  context.addIssue({ code: 'custom', message: TIME_RULE })
  return z.NEVER
})

export const chartQuery = z
  .looseObject({
    from: time.optional().describe(`${TIME_RULE}; default: a week before to`),
    to: time.optional().describe(`${TIME_RULE}; default: a week behind from, or 25 hours from now`),
    lead: z.coerce.number().int().min(1).max(LEADS).default(LEADS).describe('Hours ahead'),
    points: z.coerce.number().int().min(2).max(POINTS.most).default(POINTS.usual),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['to'],
    message: 'later than from',
  })
  .refine(({ from, to }) => from === undefined || to === undefined || to - from <= LONGEST_DAYS * DAY, {
    path: ['from'],
    message: `at most ${LONGEST_DAYS} days before to`,
  })

const CHART = documented({
  ...{ tag: 'read', query: chartQuery },
  summary: 'What was observed and what had been forecast for it, a row a moment',
  replies: { 200: { 'application/json': 'Chart', 'text/csv': 'text' } },
  problems: ['unknown_station', 'not_acceptable'],
})

type ById = { Params: { id: string } }

/** `GET /v1/stations/:id/chart`: flat rows of what was observed and forecast, as charts of others read them. */
export async function chartRoutes(
  app: FastifyInstance,
  { cache, records, now }: ChartRoutesOptions,
): Promise<void> {
  app.get<ById>('/v1/stations/:id/chart', CHART, async (request, reply) => {
    const { params, query } = request
    const station = stationAt(cache, params.id)
    const read = chartQuery.safeParse(query)
    if (!read.success) throw problem('bad_request', issueText(read.error, query))
    void reply.header('vary', 'accept')
    const format = acceptedFormat(request, ['application/json', 'text/csv'])
    const { lead, points } = read.data
    const newest = parseInstant(station.logs.reading.newest?.message.event_time ?? '')
    // On a tape now is where the tape is.
    const present = (station.description.tape ? newest : undefined) ?? now()
    const { from: asked } = read.data
    const to = read.data.to ?? (asked === undefined ? present + DAY + HOUR : asked + WEEK)
    const from = asked ?? to - WEEK
    const range = { from, to, lead }
    const isKept = records !== undefined && !station.description.tape
    const source = isKept ? await recorded(records, station, range) : remembered(station)
    const rows = thinned(chartRows({ ...source, ...range }), points)
    return format === 'application/json' ? rows : reply.type(format).send(csvOf(rows))
  })
}

const COLUMNS: readonly Column[] = [
  { name: 'time', type: 'time' },
  ...(['observed', 'mean', 'q05', 'q95'] as const).map((name) => ({ name, type: 'number' as const })),
]

function csvOf(rows: readonly ChartRow[]): Buffer {
  const encoder = csvEncoder(COLUMNS)
  const cells = rows.map(({ time, observed, mean, q05, q95 }) => {
    return [parseInstant(time) ?? null, observed, mean, q05, q95]
  })
  return Buffer.concat([encoder.encode(cells), encoder.end()])
}

type Range = Pick<ChartSource, 'from' | 'to' | 'lead'>
type Messages = Pick<ChartSource, 'readings' | 'forecasts'>

async function recorded(records: RecordSource, station: CachedStation, range: Range): Promise<Messages> {
  const { target } = station.description
  const readings: ObservedValue[] = []
  for await (const message of recordedMessages(records, station.id, 'reading', range)) {
    readings.push(observedOf(message as ReadingMessage, target))
  }
  const forecasts: ForecastMessage[] = []
  for await (const message of recordedMessages(records, station.id, 'forecast', issuedWithin(range))) {
    forecasts.push(message as ForecastMessage)
  }
  return { readings, forecasts }
}

/** Of what is not kept: the newest readings, and forecasts by the hour. */
function remembered({ history, description, logs }: CachedStation): Messages {
  const { readings, forecasts } = history.last({
    hours: LONGEST_DAYS * 24,
    target: description.target,
    forecasts: 'hourly',
  })
  const newest = logs.forecast.newest?.message
  return {
    readings: readings.flatMap(({ event_time, value }) => {
      const at = parseInstant(event_time)
      return at === undefined ? [] : [{ at, value }]
    }),
    forecasts: newest && newest !== forecasts.at(-1) ? [...forecasts, newest] : forecasts,
  }
}

function observedOf({ event_time, values }: ReadingMessage, target: string): ObservedValue {
  return { at: parseInstant(event_time) ?? Number.NaN, value: values[target] ?? null }
}
