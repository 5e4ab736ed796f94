import { DAY, type Instant } from '../../domain/instant.ts'
import { neighbourNames, PLACES } from '../../domain/neighbour.ts'
import type { MixtureState } from '../mixture.ts'
import { type LaggedCorrelation, leadOf } from './lagged-correlation.ts'
import { emptyPairs, hasHelped, type PairedErrors } from './paired-errors.ts'

/** A neighbour that was found is judged after so long: by then it has learnt for two months, and is judged over two. */
const TRIAL = 120 * DAY
/** One that did not help is not tried again for so long. */
const BARRED = 180 * DAY

/** Who stands at a place. Plain data. */
export interface Place {
  readonly station: string
  readonly since: Instant
  readonly errors: PairedErrors
}

/** Plain data. */
export interface FoundNeighbours {
  readonly places: Record<string, Place>
  /** By station until when it is not tried again. */
  readonly barred: Record<string, Instant>
  /** The newest day on which it was decided, counted from 1970. */
  day: number
}

export function nobodyFound(): FoundNeighbours {
  return { places: {}, barred: {}, day: Number.MIN_SAFE_INTEGER }
}

/** Once a day: who has not helped leaves its place, and free places go to those that lead, the most alike first. */
export function findNeighbours(
  found: FoundNeighbours,
  {
    stations,
    together,
    now,
  }: {
    readonly stations: Readonly<Record<string, { readonly correlation: LaggedCorrelation }>>
    /** The mixture's regrets towards whoever stood at a place end with it. */
    readonly together: MixtureState
    readonly now: Instant
  },
): void {
  const day = Math.floor(now / DAY)
  if (day <= found.day) return
  found.day = day
  for (const [place, { station, since, errors }] of Object.entries(found.places)) {
    if (now - since < TRIAL || hasHelped(errors)) continue
    delete found.places[place]
    found.barred[station] = now + BARRED
  }
  const taken = new Set(Object.values(found.places).map(({ station }) => station))
  const candidates = Object.entries(stations)
    .flatMap(([station, { correlation }]) => {
      const lead =
        taken.has(station) || now < (found.barred[station] ?? now) ? undefined : leadOf(correlation)
      return lead?.isAhead ? [{ station, correlation: lead.correlation }] : []
    })
    .sort((one, other) => other.correlation - one.correlation)
  for (const place of PLACES) {
    if (found.places[place]) continue
    const next = candidates.shift()
    if (!next) return
    for (const name of neighbourNames(place)) delete together[name]
    found.places[place] = { station: next.station, since: now, errors: emptyPairs() }
  }
}
