import { HOUR, type Instant, type Span } from './instant.ts'

/** A neighbour that has said nothing for longer is silent: those that learn from it sleep. */
export const NEIGHBOUR_SILENCE: Span = 3 * HOUR

/** What another station has measured. Plain data. */
export interface NeighbourReading {
  /** Its id. */
  readonly station: string
  readonly eventTime: Instant
  /** Of its target, in its own unit. */
  readonly value: number
  /** Of the air, in mbar; NaN where it measures none. */
  readonly pressure: number
}

/** A station whose readings another one is told of. */
export interface Neighbour {
  readonly station: string
  /** Of a file: how long after its event time a reading is known. Default: at once. */
  readonly delay?: Span | undefined
}

/** Those that are named, or whichever of all stations turn out to lead. */
export type NeighboursSetting = 'auto' | readonly Neighbour[]

/** A station's own experts mixed, without those that know of neighbours. */
export const WITHOUT_NEIGHBOURS = 'without_neighbours'

/** Where neighbours that are found stand in turn. */
export const PLACES = ['first', 'second'] as const

/** Each has a pair of experts: the ids of those that are named, or the places of those that are found. */
export function placesOf(setting: NeighboursSetting): readonly string[] {
  return setting === 'auto' ? PLACES : setting.map(({ station }) => station)
}

/** Least squares on what the station measures and what stands at a place, and the same with random units. */
export function neighbourNames(place: string): readonly [plain: string, random: string] {
  return [`${place}_neighbour`, `${place}_neighbour_random`]
}

export function isNeighbour(setting: NeighboursSetting | undefined, station: string): boolean {
  return setting === 'auto' || (setting?.some((each) => each.station === station) ?? false)
}

/** By place the station that stands there and what is known of it at an issue: those alone that are not silent. Plain data. */
export type NeighboursNow = Readonly<
  Record<string, { readonly station: string; readonly columns: Float64Array }>
>
