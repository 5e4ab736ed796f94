import type { Bus } from '../bus/bus.ts'
import { type Instant, parseInstant } from '../domain/instant.ts'
import type { Reading, ReplayMark } from '../domain/reading.ts'

/**
 * The output watermarks of an earlier run: how far it had published, of each topic. A pipeline that reads a retained
 * stream anew asks them of each reading, so that nothing is published twice and nothing is left out. (A server drops
 * duplicates by message id, but for two minutes only.) They are not the same for all: many ticks are under way at once,
 * each topic is stored by itself, and a server or a forecaster that is killed amid that has stored of one more than of
 * another. Anybody may have published what is newest, so it is trusted no further than the bus's clock: of what came in
 * after it was stored, nothing can have been published.
 */
export interface PublishedBefore {
  /** True until the newest reading of the earlier run has been met. */
  readonly catchingUp: boolean
  /** Its event time; undefined where nothing was published. */
  readonly upTo: Instant | undefined
  /** To be called with every reading, in order: what of it has been published, where there is such a thing. */
  of(reading: Reading): Published
}

/** The reading, and the score and forecast that were issued at it. */
export type Published = Readonly<Record<'reading' | 'score' | 'forecast', boolean>>

interface Place {
  readonly session: string | undefined
  readonly at: Instant
}

interface Watermark {
  readonly newest: Place | undefined
  readonly passed: boolean
  has(reading: Reading): boolean
}

const NOTHING: Published = { reading: false, score: false, forecast: false }

/** `known`: the newest reading that the pipeline knows already. What was published up to there is behind it. */
export async function publishedBefore(
  bus: Bus,
  station: string,
  known: { readonly eventTime: Instant; readonly replay?: ReplayMark | undefined } | undefined,
): Promise<PublishedBefore> {
  const [reading, score, forecast] = await Promise.all([
    bus.newest(station, 'reading'),
    bus.newest(station, 'score'),
    bus.newest(station, 'forecast'),
  ])
  const from = known && { session: known.replay?.session, at: known.eventTime }
  const readings = watermark(reading, { from, timeOf: ({ event_time }) => event_time })
  const scores = watermark(score, { from, timeOf: ({ as_of }) => as_of })
  const forecasts = watermark(forecast, { from, timeOf: ({ issued_at }) => issued_at })
  return {
    upTo: readings.newest?.at,
    get catchingUp() {
      return !readings.passed
    },
    of(one) {
      if (readings.passed && scores.passed && forecasts.passed) return NOTHING
      return { reading: readings.has(one), score: scores.has(one), forecast: forecasts.has(one) }
    },
  }
}

function watermark<M extends { readonly replay?: { readonly session: string } | undefined }>(
  kept: { readonly message: M; readonly storedAt: Instant } | undefined,
  { from, timeOf }: { readonly from: Place | undefined; readonly timeOf: (message: M) => string },
): Watermark {
  const newest = kept && placeOf(timeOf(kept.message), kept.message.replay)
  let passed = newest === undefined || (from !== undefined && compared(from, newest) >= 0)
  return {
    newest,
    get passed() {
      return passed
    },
    has({ eventTime, ingestTime, replay }) {
      if (passed || newest === undefined) return false
      passed = ingestTime > (kept?.storedAt ?? Number.NEGATIVE_INFINITY)
      if (passed) return false
      const order = compared({ session: replay?.session, at: eventTime }, newest)
      passed = order >= 0
      return order <= 0
    },
  }
}

function placeOf(stamp: string, replay: { readonly session: string } | undefined): Place | undefined {
  const at = parseInstant(stamp)
  return at === undefined ? undefined : { session: replay?.session, at }
}

/** Sessions sort by their names. Live readings are in none: they come after those of a tape that were read before. */
function compared(place: Place, other: Place): number {
  if (place.session === other.session) return place.at - other.at
  return place.session !== undefined && other.session !== undefined && place.session > other.session ? 1 : -1
}
