import type { Bus } from '../bus/bus.ts'
import { type Instant, parseInstant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'

/**
 * The output watermark of an earlier run: how far it had published. A pipeline that reads a retained stream anew asks
 * it of each reading, so that nothing is published twice. (A server drops duplicates by message id, but for two minutes
 * only.) Anybody may have published that newest reading, so it is trusted no further than the bus's clock: of what came
 * in after it was stored, nothing can have been published.
 */
export interface PublishedBefore {
  /** True until the newest reading of the earlier run has been met. */
  readonly catchingUp: boolean
  /** To be called with every reading, in order: what has been published of it, with the forecast issued at it or without. */
  of(reading: Reading): 'all' | 'reading' | 'nothing'
}

interface Place {
  readonly session: string | undefined
  readonly at: Instant
}

export async function publishedBefore(bus: Bus, station: string): Promise<PublishedBefore> {
  const [reading, forecast] = await Promise.all([
    bus.newest(station, 'reading'),
    bus.newest(station, 'forecast'),
  ])
  const newest = reading && placeOf(reading.message.event_time, reading.message.replay)
  const newestForecast = forecast && placeOf(forecast.message.issued_at, forecast.message.replay)
  const storedAt = reading?.storedAt ?? Number.NEGATIVE_INFINITY
  let catchingUp = newest !== undefined
  return {
    get catchingUp() {
      return catchingUp
    },
    of({ eventTime, ingestTime, replay }) {
      if (ingestTime > storedAt) catchingUp = false
      if (!catchingUp || newest === undefined) return 'nothing'
      const order = compared({ session: replay?.session, at: eventTime }, newest)
      if (order < 0) return 'all'
      catchingUp = false
      if (order > 0) return 'nothing'
      return newestForecast && compared(newestForecast, newest) === 0 ? 'all' : 'reading'
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
