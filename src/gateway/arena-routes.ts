import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { paired } from '../core/paired.ts'
import { breather, REQUEST_SLICE_MS } from '../domain/breather.ts'
import { LEADS } from '../domain/forecast.ts'
import { DAY, MINUTE, parseInstant } from '../domain/instant.ts'
import { targetChannel } from '../domain/station.ts'
import { differenceUnit } from '../domain/unit.ts'
import { stationOf } from '../protocol/encode.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { arenaSections, pageOf } from '../report/arena-page.ts'
import { type ArenaReport, arenaSentence, HOW } from '../report/arena-report.ts'
import { arenaSteps } from '../verify/arena.ts'
import { emptyArena, takeForecast } from '../verify/arena-sums.ts'
import { sendPage } from './page-reply.ts'
import { problem } from './problem.ts'
import { AS_PAGE } from './public-route.ts'
import { recordedMessages } from './record-messages.ts'
import type { RecordSource } from './record-source.ts'
import { documented } from './route-docs.ts'
import type { CachedStation, StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'

export interface ArenaRoutesOptions {
  readonly cache: StationCache
  /** Undefined: nothing is kept. */
  readonly records: RecordSource | undefined
}

/** More are for `tickcast arena`, which has a process of its own. */
const MOST_DAYS = 92

const models = z.string().transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])

const arenaQuery = z.strictObject({
  lead: z.coerce.number().int().min(1).max(LEADS).default(LEADS).describe('Hours ahead'),
  days: z.coerce.number().int().min(1).max(MOST_DAYS).default(30).describe('Issued in the last so many'),
  between: models
    .refine((names) => names.length >= 2 && !names.includes(''), 'two models or more, with commas between')
    .optional(),
  against: z.string().max(128).optional().describe('Whom each is held against; default: the mixture'),
  token: z.unknown().optional(),
})
const pageQuery = arenaQuery.extend({ station: z.string().optional().describe('Default: the only one') })

const PROBLEMS = ['unknown_station', 'not_found', 'nothing_yet'] as const
const summary = 'Every model over the same forecasts: who was better, and is it luck?'
const JSON_DOC = documented({
  ...{ tag: 'record', summary, query: arenaQuery, problems: PROBLEMS },
  replies: { 200: { 'application/json': 'Arena' } },
})
const PAGE_DOC = documented({
  ...{ tag: 'record', summary: `${summary} As a page`, query: pageQuery, problems: PROBLEMS },
  replies: { 200: { 'text/html': 'text' } },
})

/** `GET /v1/stations/:id/arena` and the page `/arena`: who was better of late, by what is kept. */
export async function arenaRoutes(
  app: FastifyInstance,
  { cache, records }: ArenaRoutesOptions,
): Promise<void> {
  const inTurn = oneAtATime()
  app.get<{ Params: { id: string } }>('/v1/stations/:id/arena', JSON_DOC, async ({ params, query }) => {
    const station = stationAt(cache, params.id)
    const asked = readQuery(arenaQuery, query)
    const report = await inTurn(() => reportOf({ records, station }, asked))
    return { answer: arenaSentence(report), how: HOW, ...report }
  })
  app.get('/arena', { ...AS_PAGE, ...PAGE_DOC }, async ({ query }, reply) => {
    const { station: id, ...asked } = readQuery(pageQuery, query)
    const [only, ...others] = cache.stations()
    if (id === undefined && others.length > 0) throw problem('bad_request', whichStation(cache))
    const station = id === undefined && only ? only : stationAt(cache, id ?? '')
    return sendPage(reply, await inTurn(() => page({ records, station }, asked)))
  })
}

function whichStation(cache: StationCache): string {
  const known = cache.stations().map(({ id }) => id)
  return `station: nothing breaks the rule: one of ${known.join(', ')}, as in /arena?station=${known[0]}`
}

function readQuery<T extends z.ZodType>(schema: T, query: unknown): z.infer<T> {
  const read = schema.safeParse(query)
  if (!read.success) throw problem('bad_request', issueText(read.error, query))
  return read.data
}

/** Two readers would only take each other's time. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = before.then(work)
    before = mine.catch(() => undefined)
    return mine
  }
}

/** Goes on with long work between everybody else's. */
async function unhurried<T>(steps: Generator<unknown, T>): Promise<T> {
  const breath = breather(REQUEST_SLICE_MS)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (breath.isDue) await breath.pause()
  }
}

async function page(...asked: Parameters<typeof reportOf>): Promise<string> {
  const report = await reportOf(...asked)
  const sections: string[] = []
  const collect = function* () {
    for (const section of arenaSections(report)) {
      sections.push(section)
      yield
    }
  }
  await unhurried(collect())
  return pageOf(report, sections)
}

async function reportOf(
  {
    records,
    station: cached,
  }: { readonly records: RecordSource | undefined; readonly station: CachedStation },
  { lead, days, between, against }: z.infer<typeof arenaQuery>,
): Promise<ArenaReport> {
  const { id, description, logs } = cached
  if (records === undefined) {
    const remedy = 'without `--no-keep`, or on NATS with `tickcast serve --keep`, it is'
    throw problem('not_found', `nothing that '${id}' published is kept by this server: ${remedy}`)
  }
  const newest = parseInstant(logs.forecast.newest?.message.issued_at ?? '')
  if (newest === undefined) throw problem('nothing_yet', `station '${id}' has no forecast yet`)
  const reference = against ?? (between?.length === 2 ? between[1]! : logs.forecast.newest!.message.model)
  const station = stationOf(description)
  const range = { from: newest - days * DAY, to: newest + DAY }
  const state = emptyArena()
  const options = {
    ...{ leadIndex: lead - 1, utcOffset: station.time.utcOffsetMinutes * MINUTE },
    ...(between && { among: [...between, reference] }),
  }
  const closed = paired(station, {
    forecasts: recordedMessages(records, id, 'forecast', range) as AsyncIterable<ForecastMessage>,
    readings: recordedMessages(records, id, 'reading', range) as AsyncIterable<ReadingMessage>,
  })
  const seen = new Set<string>()
  for await (const { forecast, truth } of closed) {
    for (const name of forecast.models.keys()) seen.add(name)
    takeForecast(state, { issuedAt: forecast.issuedAt, truth, models: forecast.models }, options)
  }
  if (state.issues === 0)
    throw problem('nothing_yet', `no forecast of '${id}' in the last ${days} days has its truth yet`)
  checkNames('between', between ?? [], seen)
  checkNames('against', against === undefined ? [] : [against], seen)
  const question = { reference, leadIndex: lead - 1, all: between !== undefined }
  const result = await unhurried(arenaSteps(state, question))
  const source = `what ${id} published in the last ${days} days`
  return { ...result, source, unit: differenceUnit(targetChannel(station).unit) }
}

function checkNames(field: string, asked: readonly string[], seen: ReadonlySet<string>): void {
  const unknown = asked.find((name) => !seen.has(name))
  if (unknown === undefined) return
  const known = [...seen].join(', ') || 'none'
  throw problem('bad_request', `${field}: '${unknown}' is no model of these days; those are: ${known}`)
}
