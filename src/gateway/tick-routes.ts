import type { FastifyInstance } from 'fastify'
import { ulid } from 'ulid'
import type { Bus } from '../bus/bus.ts'
import type { Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { type MergedRows, mergedRows } from '../ingest/merge-rows.ts'
import { tickOf } from '../ingest/raw-row.ts'
import { validator } from '../ingest/validate.ts'
import { type ReplyError, replyError } from '../protocol/codes.ts'
import { stationOf } from '../protocol/encode.ts'
import type { TickMessage } from '../protocol/messages.ts'
import type { GatewayLimits } from './limits.ts'
import { Problem, problem } from './problem.ts'
import { publishTicks } from './publish-ticks.ts'
import type { StationCache } from './station-cache.ts'
import { stationAt } from './station-routes.ts'
import { TICK_TYPES, type TickType } from './tick-body.ts'
import type { Verdict, Verdicts } from './verdicts.ts'

export interface TickRoutesOptions {
  readonly bus: Bus
  readonly cache: StationCache
  readonly limits: GatewayLimits
  readonly verdicts: Verdicts
  readonly now: () => Instant
  readonly starting?: (() => string | undefined) | undefined
}

/** How many rejections a reply lists; all of them are on the bus as `rejected`. */
const REJECTIONS_SHOWN = 20

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
      const { id } = request.params
      // One that is only being taken up at the start is not unknown for good: a sensor is to try again.
      const starting = cache.station(id) === undefined && options.starting?.()
      if (starting) throw problem('busy', `${starting}: send the ticks again in a moment`)
      const { description } = stationAt(cache, id)
      if (description.tape) throw new Problem(underReplay(description.id, cache))
      const station = stationOf(description)
      if (!options.bus.hasSubscribers(station.id, 'tick')) throw problem('busy', notReady(station.id))
      // Without a body there is no content type either, and so nothing that was parsed.
      if (!request.body?.bytes.length) throw problem('bad_request', 'the body is empty: it holds no tick')
      const { type, bytes } = request.body
      const { rows, ignored } = await TICK_TYPES[type](bytes, { station, now: now() })
      if (rows.length === 0) throw problem('bad_request', 'the body holds no tick')
      if (rows.length > limits.ticksPerBody) {
        throw problem('too_large', `${rows.length} ticks: at most ${limits.ticksPerBody} a body`)
      }

      const run = `http/${ulid()}`
      const ingestTime = now()
      const merged = mergedRows(rows, station)
      const ticks = merged.rows.map((row) => tickOf(row, { run, ingestTime }))
      const verdicts = options.verdicts.collect(run)
      try {
        await publishTicks(options.bus, station.id, ticks)
      } finally {
        verdicts.end()
      }
      const { rejected, masked } = checked(ticks, verdicts.refused, { station, merged })

      const shown = {
        ...summaryOf(rejected),
        rejected: rejected.slice(0, REJECTIONS_SHOWN),
        ...(masked.length > 0 && { masked_count: masked.length, masked: masked.slice(0, REJECTIONS_SHOWN) }),
        ...(ignored.length > 0 && { ignored }),
      }
      const [first] = rejected
      // A sender that had no reply sends the newest again: it has done nothing wrong, and is to go on.
      const sentAgain = shown.rejected_by_reason['duplicate'] !== undefined
      if (first && rejected.length === rows.length && !sentAgain) {
        const message = `${first.field}: ${JSON.stringify(first.value)} breaks the rule: ${first.rule}`
        const whole = shown.advice === undefined ? message : `${message}. ${shown.advice}`
        throw new Problem(replyError('rejected', whole), { accepted: 0, ...shown })
      }
      return reply.code(202).send({ accepted: rows.length - rejected.length, ...shown })
    },
  )
}

/** A window over live and replayed times would be meaningless; the reply names stations that take live ticks. */
export function underReplay(id: string, cache: StationCache): ReplyError {
  const live = cache.stations().flatMap((station) => (station.description.tape ? [] : station.id))
  const remedy =
    live.length > 0
      ? `send them to a live station: ${live.join(', ')}`
      : 'start one that is live (tickcast start --live --station FILE; --port for one beside this)'
  return replyError('under_replay', `a tape is played of '${id}', so it takes no live ticks: ${remedy}`)
}

/** A tick that nobody takes in would be lost. */
export function notReady(id: string): string {
  return `the pipeline of '${id}' is not ready yet: send the ticks again in a moment`
}

const TYPES = Object.keys(TICK_TYPES).filter((type): type is TickType => type in TICK_TYPES)

type Rejected = Pick<Verdict, 'field' | 'value' | 'rule' | 'reason'> & { readonly index: number }

/**
 * Faults of a tick by itself are found here; those that depend on earlier ticks (late, duplicate) only the pipeline
 * finds, and tells where it runs in this process. All ticks go on to the bus, rejected ones too: the pipeline alone
 * counts and keeps rejections. `masked`: cells without a measurement, of ticks that are taken.
 */
function checked(
  ticks: readonly TickMessage[],
  refused: readonly Verdict[],
  { station, merged }: { readonly station: Station; readonly merged: MergedRows },
): { readonly rejected: readonly Rejected[]; readonly masked: readonly Rejected[] } {
  const validate = validator(station)
  const told = new Map(refused.map((verdict) => [verdict.tick, verdict]))
  const rejected: Rejected[] = []
  const masked: Rejected[] = []
  for (const [place, tick] of ticks.entries()) {
    const { index, count } = merged.origins[place]!
    const validated = validate(tick)
    const rejection = validated.ok ? told.get(tick.id) : validated.rejection
    if (rejection !== undefined) {
      const { field, value, rule, reason } = rejection
      for (let part = 0; part < count; part++)
        rejected.push({ index: index + part, field, value, rule, reason })
    } else if (validated.ok) masked.push(...validated.faults.map((fault) => ({ index, ...fault })))
  }
  return { rejected, masked }
}

/** What comes too late is never learnt from: the way in for a history, and for a sensor that sends out of order. */
const LATE_ADVICE =
  'What is older than the newest reading is never learnt from: a history comes first, into a folder of its own ' +
  '(`tickcast learn --data FILE --keep FOLDER`), then the live station (`tickcast start --live --keep FOLDER`); ' +
  'for rows that come out of order by minutes there is `--lateness 30m`'

function summaryOf(rejected: readonly Rejected[]) {
  const byReason: Record<string, number> = {}
  for (const { reason } of rejected) byReason[reason] = (byReason[reason] ?? 0) + 1
  return {
    rejected_count: rejected.length,
    rejected_by_reason: byReason,
    ...(byReason['late'] !== undefined && { advice: LATE_ADVICE }),
  }
}
