import { z } from 'zod'
import { formatInstant } from '../domain/instant.ts'
import type { NeighbourReading } from '../domain/neighbour.ts'
import { STATION_ID } from './topics.ts'

/** A station's, by name. Each is two more experts. */
export const MOST_NEIGHBOURS = 8

const value = z.number().min(-1e15).max(1e15)

/** What another station has measured, on the tick subject of the one that is told. */
export const neighbourSchema = z.object({
  station: z.string().max(64),
  event_time: z.string().max(64),
  /** Of its target, in its own unit. */
  value,
  /** Of the air, in mbar. */
  pressure: value.optional(),
})
export type NeighbourMessage = z.infer<typeof neighbourSchema>

export const neighboursOfStation = z.union([
  z.literal('auto'),
  z
    .array(z.string().regex(STATION_ID))
    .min(1)
    .max(MOST_NEIGHBOURS)
    .refine((given) => new Set(given).size === given.length, 'each neighbour once'),
])

/** What is known of each neighbour that has said something, by station, as a status tells it. */
export const neighboursStatus = z.record(
  z.string(),
  z.object({
    readings: z.number().int(),
    /** Of its newest reading. */
    newest: z.string(),
    /** The station is most like it so many hours later, and how much; null until that is known. */
    lag_hours: z.number().int().nullable(),
    correlation: z.number().nullable(),
    /** The experts that learn from it; none where it is only looked at. */
    models: z.array(z.string()),
  }),
)

export function neighbourMessage({
  station,
  eventTime,
  value,
  pressure,
}: NeighbourReading): NeighbourMessage {
  return {
    ...{ station, event_time: formatInstant(eventTime), value },
    ...(Number.isFinite(pressure) && { pressure }),
  }
}
