import { type Bus, BusClosed } from '../bus/bus.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import { isNeighbour } from '../domain/neighbour.ts'
import type { Reading } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import { toldReading } from '../forecast/neighbours/told-reading.ts'
import { stationOf } from '../protocol/encode.ts'
import { neighbourMessage } from '../protocol/neighbour.ts'
import type { StationMessage } from '../protocol/station-message.ts'

/**
 * Tells live stations what their neighbours measure, on their tick subjects: there it has its place among their own ticks,
 * and a station that goes on from a journal or a stream is told the same again. A reading that is worked off again after a
 * crash is told again, which changes nothing.
 */
export interface NeighbourTeller {
  /** A station was announced, or removed. */
  announced(message: StationMessage): void
  /** To be called with each reading of a station as its models take it. */
  of(station: Station): (reading: Reading) => void
  /** Fulfilled when all that was told so far is where it outlasts this process. */
  told(): Promise<void>
}

export function neighbourTeller({
  bus,
  now,
  onError,
}: {
  readonly bus: Pick<Bus, 'publish'>
  readonly now: () => Instant
  readonly onError: (error: unknown) => void
}): NeighbourTeller {
  /** Live ones that have neighbours. */
  const listeners = new Map<string, Station>()
  const underWay = new Set<Promise<void>>()

  const publish = (to: string, from: string, { id, ...tick }: { id: string } & ToldTick): void => {
    const taken = bus.publish(to, 'tick', { id, ...tick }, `${to}/${id}`)
    if (!taken) return
    const settled = taken
      .catch((error: unknown) => {
        if (!(error instanceof BusClosed))
          onError(new Error(`${to} could not be told of ${from}`, { cause: error }))
      })
      .finally(() => underWay.delete(settled))
    underWay.add(settled)
  }

  return {
    announced(message) {
      if (message.removed || message.tape || !message.neighbours) listeners.delete(message.id)
      else listeners.set(message.id, stationOf(message))
    },
    of(station) {
      const told = toldReading(station)
      return (reading) => {
        // What a tape plays is of another time.
        if (listeners.size === 0 || reading.replay) return
        const neighbour = told(reading)
        if (!neighbour) return
        for (const { id: to, neighbours } of listeners.values()) {
          if (to === station.id || !isNeighbour(neighbours, station.id)) continue
          const event_time = formatInstant(reading.eventTime)
          publish(to, station.id, {
            id: `neighbour/${station.id}/${event_time}`,
            ...{ event_time, ingest_time: formatInstant(now()), values: {} },
            neighbour: neighbourMessage(neighbour),
          })
        }
      }
    },
    told: async () => void (await Promise.all(underWay)),
  }
}

interface ToldTick {
  readonly event_time: string
  readonly ingest_time: string
  readonly values: Record<string, never>
  readonly neighbour: ReturnType<typeof neighbourMessage>
}
