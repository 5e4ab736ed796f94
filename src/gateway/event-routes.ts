import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { issueText } from '../protocol/schema-issue.ts'
import { CLIENT_TOPICS, type ClientTopic, USUAL_TOPICS } from '../protocol/topics.ts'
import { positionOf } from './event-id.ts'
import { EventStream } from './event-stream.ts'
import type { GatewayLimits } from './limits.ts'
import type { GatewayMetrics } from './metrics.ts'
import { problem } from './problem.ts'
import { documented } from './route-docs.ts'
import type { StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'

export interface EventRoutesOptions {
  readonly cache: StationCache
  readonly limits: GatewayLimits
  readonly metrics: GatewayMetrics
  readonly streams: EventStreams
}

/** The event streams that are open. */
export class EventStreams {
  readonly #open = new Set<EventStream>()
  readonly #beat = setInterval(() => {
    for (const stream of [...this.#open]) stream.beat()
  }, 1_000)

  get count(): number {
    return this.#open.size
  }

  add(stream: EventStream): void {
    this.#open.add(stream)
  }

  delete(stream: EventStream): void {
    this.#open.delete(stream)
  }

  /** Tells every client that a planned stop is due. */
  close(): void {
    clearInterval(this.#beat)
    for (const stream of [...this.#open]) stream.goAway('the server stops')
  }
}

const TOPICS = `some of ${CLIENT_TOPICS.join(', ')}, with commas between them`

export const eventQuery = z.looseObject({
  topics: z
    .string()
    .default(USUAL_TOPICS.join(','))
    .refine((text) => text.split(',').every((name) => CLIENT_TOPICS.some((topic) => topic === name)), TOPICS)
    .describe(TOPICS),
  last_event_id: z.string().max(512).optional().describe('For who can set no header'),
})

const STREAM = documented({
  ...{ tag: 'read', query: eventQuery, replies: { 200: { 'text/event-stream': 'text' } } },
  summary: 'What comes, as server-sent events',
  headers: { 'last-event-id': 'Where the client stood: the id of the last event that it had' },
  problems: ['unknown_station'],
})

type ById = { Params: { id: string } }

/** `GET /v1/stations/:id/stream`: topics as server-sent events; `Last-Event-ID` says where a client stood. */
export async function eventRoutes(app: FastifyInstance, options: EventRoutesOptions): Promise<void> {
  const { cache, limits, metrics, streams } = options
  app.get<ById>('/v1/stations/:id/stream', { exposeHeadRoute: false, ...STREAM }, async (request, reply) => {
    const station = stationAt(cache, request.params.id)
    const read = eventQuery.safeParse(request.query)
    if (!read.success) throw problem('bad_request', issueText(read.error, request.query))
    const asked = read.data.topics.split(',')
    const topics = CLIENT_TOPICS.filter((topic): topic is ClientTopic => asked.includes(topic))
    const id = request.headers['last-event-id'] ?? read.data.last_event_id
    const from = typeof id === 'string' && id !== '' ? positionOf(id, topics) : undefined
    if (typeof id === 'string' && id !== '' && !from) {
      throw problem('bad_request', `Last-Event-ID: '${id.slice(0, 100)}': the id of an event of this stream`)
    }
    if (streams.count >= limits.clients) {
      throw problem('busy', 'as many streams are open as are served: try again in a moment')
    }
    reply.hijack()
    const response = reply.raw
    response.writeHead(200, {
      ...headersOf(reply.getHeaders()),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const stream: EventStream = new EventStream({
      ...{ response, station, topics, from, cache, limits, metrics },
      onClosed: () => streams.delete(stream),
    })
    streams.add(stream)
  })
}

function headersOf(headers: Readonly<Record<string, number | string | string[] | undefined>>) {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
