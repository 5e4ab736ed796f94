import type { FastifyInstance } from 'fastify'
import { ulid } from 'ulid'
import type { Bus } from '../bus/bus.ts'
import { errorMessage } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { Rejection } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import { type RawRow, tickOf } from '../ingest/raw-row.ts'
import { validator } from '../ingest/validate.ts'
import { type ReplyError, replyError } from '../protocol/codes.ts'
import { stationOf } from '../protocol/encode.ts'
import type { TickMessage } from '../protocol/messages.ts'
import type { GatewayLimits } from './limits.ts'
import { Problem, problem } from './problem.ts'
import type { StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'
import { TICK_TYPES, type TickType } from './tick-body.ts'

export interface TickRoutesOptions {
  readonly bus: Bus
  readonly cache: StationCache
  readonly limits: GatewayLimits
  readonly now: () => Instant
}

/** How many rejections a reply lists; all of them are on the bus as `rejected`. */
const REJECTIONS_SHOWN = 20
/** Ticks handed to the bus before one of them is waited for. */
const PUBLISHED_AT_ONCE = 256

interface TickBody {
  readonly type: TickType
  readonly bytes: Buffer
}

/** `POST /v1/stations/:id/ticks`: live measurements in JSON, NDJSON or CSV. */
export async function tickRoutes(app: FastifyInstance, options: TickRoutesOptions): Promise<void> {
  const { cache, limits, now } = options
  app.removeAllContentTypeParsers()
  for (const type of TYPES) {
    app.addContentTypeParser(
      type,
      { parseAs: 'buffer', bodyLimit: limits.bodyBytes },
      (_request: unknown, bytes: Buffer, done: (error: null, body: TickBody) => void) =>
        done(null, { type, bytes }),
    )
  }

  app.post<{ Params: { id: string }; Body: TickBody | undefined }>(
    '/v1/stations/:id/ticks',
    async (request, reply) => {
      const { description } = stationAt(cache, request.params.id)
      if (description.tape) throw new Problem(underReplay(description.id, cache))
      const station = stationOf(description)
      if (!options.bus.hasSubscribers(station.id, 'tick')) throw problem('busy', notReady(station.id))
      // Without a body there is no content type either, and so nothing that was parsed.
      if (!request.body?.bytes.length) throw problem('bad_request', 'the body is empty: it holds no tick')
      const { type, bytes } = request.body
      const rows = await TICK_TYPES[type](bytes, { station, now: now() })
      if (rows.length === 0) throw problem('bad_request', 'the body holds no tick')
      if (rows.length > limits.ticksPerBody) {
        throw problem('too_large', `${rows.length} ticks: at most ${limits.ticksPerBody} a body`)
      }

      const { ticks, rejected } = checked(rows, { station, ingestTime: now() })
      await publishAll(options.bus, station.id, ticks)

      const shown = {
        rejected: rejected.slice(0, REJECTIONS_SHOWN),
        rejected_count: rejected.length,
      }
      const [first] = rejected
      if (first && rejected.length === rows.length) {
        const message = `${first.field}: ${JSON.stringify(first.value)} breaks the rule: ${first.rule}`
        throw new Problem(replyError('rejected', message), { accepted: 0, ...shown })
      }
      return reply.code(202).send({ accepted: rows.length - rejected.length, ...shown })
    },
  )
}

/** A window over live and replayed times would be meaningless; the reply names stations that take live ticks. */
function underReplay(id: string, cache: StationCache): ReplyError {
  const live = cache.stations().flatMap((station) => (station.description.tape ? [] : station.id))
  const remedy =
    live.length > 0
      ? `send them to a live station: ${live.join(', ')}`
      : 'start one that is live (tickcast start --live --station FILE; --port for one beside this)'
  return replyError('under_replay', `a tape is played of '${id}', so it takes no live ticks: ${remedy}`)
}

/** A tick that nobody takes in would be lost. */
function notReady(id: string): string {
  return `the pipeline of '${id}' is not ready yet: send the ticks again in a moment`
}

const TYPES = Object.keys(TICK_TYPES).filter((type): type is TickType => type in TICK_TYPES)

/**
 * Faults of a tick by itself are in the reply; those that depend on earlier ticks (late, duplicate) only the pipeline
 * finds. All ticks go on to the bus, rejected ones too: the pipeline alone counts and keeps rejections.
 */
function checked(
  rows: readonly RawRow[],
  { station, ingestTime }: { readonly station: Station; readonly ingestTime: Instant },
) {
  const validate = validator(station)
  const run = `http/${ulid()}`
  const ticks: TickMessage[] = []
  const rejected: ({ readonly index: number } & Omit<Rejection, 'reason'>)[] = []
  for (const [index, row] of rows.entries()) {
    const tick = tickOf(row, { run, ingestTime })
    ticks.push(tick)
    const validated = validate(tick)
    if (!validated.ok) {
      const { field, value, rule } = validated.rejection
      rejected.push({ index, field, value, rule })
    }
  }
  return { ticks, rejected }
}

/** Answered at once and nothing kept while the server is away: the sender tries again. */
async function publishAll(bus: Bus, station: string, ticks: readonly TickMessage[]): Promise<void> {
  const healthError = bus.healthError()
  if (healthError !== undefined)
    throw problem('busy', `the bus does not take ticks at the moment: ${healthError}`)
  let pending: (Promise<void> | undefined)[] = []
  try {
    for (const tick of ticks) {
      pending.push(bus.publish(station, 'tick', tick, tick.id))
      if (pending.length < PUBLISHED_AT_ONCE) continue
      await Promise.all(pending)
      pending = []
    }
    await Promise.all(pending)
  } catch (cause) {
    const why = errorMessage(cause)
    throw problem('busy', `the bus does not take ticks at the moment: ${why}`)
  }
}
