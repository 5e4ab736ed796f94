import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { errorMessage } from '../domain/errors.ts'
import { csvEncoder } from '../tables/csv.ts'
import {
  forecastTable,
  type MessageTable,
  outsideTable,
  readingTable,
  scoreTable,
} from '../tables/message-tables.ts'
import { jsonLines } from '../tables/ndjson.ts'
import { acceptedFormat } from './accepted-format.ts'
import type { ApiSchema } from './api-schemas.ts'
import { problem } from './problem.ts'
import { cursorOf, type RecordQuery, readRecordQuery, recordQuery } from './record-query.ts'
import type { PublishedRecord, RecordSource, RecordTopic } from './record-source.ts'
import { documented } from './route-docs.ts'
import type { CachedStation, StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'

export interface RecordRoutesOptions {
  readonly cache: StationCache
  /** Undefined: nothing is kept. */
  readonly records: RecordSource | undefined
}

interface RecordKind {
  readonly topic: RecordTopic
  readonly schema: ApiSchema
  /** Records of a page. */
  readonly limits: { readonly usual: number; readonly most: number }
  /** Records that are read, written out and sent at once: between two such parts others have their turn. */
  readonly part: number
  readonly table: (station: CachedStation) => MessageTable
}

/** By the last part of the path. Of a forecast ten thousand bytes come, of one message of scores as CSV 400,000. */
const KINDS: Readonly<Record<'readings' | 'forecasts' | 'scores' | 'outside', RecordKind>> = {
  readings: {
    topic: 'reading',
    schema: 'Readings',
    limits: { usual: 1000, most: 10_000 },
    part: 500,
    table: ({ description }) => readingTable(description.channels.map(({ name }) => name)),
  },
  forecasts: {
    topic: 'forecast',
    schema: 'Forecasts',
    limits: { usual: 100, most: 1000 },
    part: 10,
    table: () => forecastTable(),
  },
  scores: {
    topic: 'score',
    schema: 'Scores',
    limits: { usual: 100, most: 1000 },
    part: 1,
    table: () => scoreTable,
  },
  outside: {
    topic: 'outside',
    schema: 'OutsideRecords',
    limits: { usual: 100, most: 1000 },
    part: 50,
    table: () => outsideTable,
  },
}

type ById = { Params: { id: string } }

/** `GET /v1/stations/:id/readings`, `/forecasts`, `/scores` and `/outside`: what was published, as far as it is kept. */
export async function recordRoutes(
  app: FastifyInstance,
  { cache, records }: RecordRoutesOptions,
): Promise<void> {
  for (const [name, kind] of Object.entries(KINDS)) {
    const docs = documented({
      ...{ tag: 'record', summary: `What was published: ${name}`, query: recordQuery(kind.limits) },
      replies: {
        200: { 'application/json': kind.schema, 'application/x-ndjson': 'text', 'text/csv': 'text' },
      },
      problems: ['unknown_station', 'not_found', 'not_acceptable'],
    })
    app.get<ById>(`/v1/stations/:id/${name}`, docs, async (request, reply) => {
      const station = stationAt(cache, request.params.id)
      if (records === undefined) throw nothingKept(station)
      const query = readRecordQuery(request.query, kind.limits)
      const format = acceptedFormat(request, TYPES)
      const page: Page = { records, station, kind, query }
      const next = await nextOf(page)
      if (next !== undefined) void reply.header('link', `<${nextTarget(request, next)}>; rel="next"`)
      const body = FORMATS[format]({ name, page, next })
      return reply
        .type(format)
        .header('vary', 'accept')
        .send(Readable.from(body, { objectMode: false }))
    })
  }
}

interface Page {
  readonly records: RecordSource
  readonly station: CachedStation
  readonly kind: RecordKind
  readonly query: RecordQuery
}

interface Answer {
  readonly name: string
  readonly page: Page
  readonly next: string | undefined
}

/** What `Accept` may ask for; the first where it does not say. */
const FORMATS = {
  'application/json': json,
  'application/x-ndjson': ndjson,
  'text/csv': csv,
} as const satisfies Record<string, (answer: Answer) => AsyncGenerator<Uint8Array>>

const TYPES = Object.keys(FORMATS) as (keyof typeof FORMATS)[]

async function* json({ name, page, next }: Answer): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`{"${name}":[`)
  let first = true
  for await (const records of parts(page)) {
    const text = records.map(({ message }) => JSON.stringify(message)).join(',')
    yield Buffer.from(first ? text : `,${text}`)
    first = false
  }
  yield Buffer.from(`],"next":${JSON.stringify(next ?? null)}}`)
}

async function* ndjson({ page }: Answer): AsyncGenerator<Uint8Array> {
  for await (const records of parts(page)) yield jsonLines(records.map(({ message }) => message))
}

async function* csv({ page }: Answer): AsyncGenerator<Uint8Array> {
  const table = page.kind.table(page.station)
  const encoder = csvEncoder(table.columns)
  for await (const records of parts(page))
    yield encoder.encode(records.flatMap(({ message }) => table.rows(message)))
  yield encoder.end()
}

/** The records of a page; none of the parts is empty. */
async function* parts({ records, station, kind, query }: Page): AsyncGenerator<readonly PublishedRecord[]> {
  let { after } = query
  for (let left = query.limit; left > 0; ) {
    const asked = Math.min(kind.part, left)
    const part = await records.records(station.id, kind.topic, { ...rangeOf(query, after), limit: asked })
    if (part.length > 0) yield part
    if (part.length < asked) return
    after = part.at(-1)
    left -= part.length
  }
}

/** Where the next page begins, found ahead of this one so that a header can say it; undefined where there is none. */
async function nextOf({ records, station, kind, query }: Page): Promise<string | undefined> {
  try {
    const [last, beyond] = await records.records(station.id, kind.topic, {
      ...rangeOf(query, query.after),
      skip: query.limit - 1,
      limit: 2,
    })
    return last && beyond && cursorOf(last)
  } catch (error) {
    throw problem('busy', `what is kept cannot be read at the moment: ${errorMessage(error)}`)
  }
}

function rangeOf({ from, to }: RecordQuery, after: RecordQuery['after']) {
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(after !== undefined && { after }),
  }
}

/** The same request with another `after`. Without the token, which is nobody's to hand on. */
function nextTarget({ url }: FastifyRequest, next: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  searchParams.delete('token')
  searchParams.set('after', next)
  return `${pathname}?${searchParams}`
}

function nothingKept({ id }: CachedStation) {
  const remedy = 'without `--no-keep`, or on NATS with `tickcast serve --keep`, it is'
  return problem('not_found', `nothing that '${id}' published is kept by this server: ${remedy}`)
}
