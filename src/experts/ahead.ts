import { DAY } from '../domain/instant.ts'
import { quantityName } from '../domain/outside.ts'
import type { Station } from '../domain/station.ts'
import { CALENDAR_NAMES } from '../forecast/ahead/calendar-columns.ts'
import { leastSquaresAhead } from '../forecast/ahead/least-squares-ahead.ts'
import type { Expert } from './expert.ts'

/** How they differ: in memory, in what they ask of the clock, and in what chance has drawn. */
const KINDS = [
  { name: 'ahead', memory: 140 * DAY, waves: [DAY], units: 60, seed: 0 },
  { name: 'ahead_recent', memory: 50 * DAY, waves: [DAY], units: 40, seed: 4_000_037 },
  {
    name: 'ahead_week',
    memory: 140 * DAY,
    waves: [DAY, DAY / 2, 7 * DAY, 3.5 * DAY],
    units: 60,
    seed: 5_000_011,
  },
] as const

/** Those that learn from what is known ahead; none of a station that names no quantity. */
export function aheadExperts(station: Station, { seed }: { readonly seed: number }): readonly Expert[] {
  const needed = quantitiesOf(station)
  if (needed.length === 0) return []
  const inputs = [...needed, ...(station.holidays === undefined ? [] : CALENDAR_NAMES)]
  return KINDS.map((kind) => ({
    forecaster: leastSquaresAhead(station, { ...kind, inputs, needed, seed: seed + kind.seed }),
    inputs,
  }))
}

export function aheadNames(station: Station): readonly string[] {
  return quantitiesOf(station).length > 0 ? KINDS.map(({ name }) => name) : []
}

function quantitiesOf({ outside = [] }: Pick<Station, 'outside'>): readonly string[] {
  return outside.flatMap(({ issuer, quantity }) =>
    quantity === undefined ? [] : quantityName(issuer, quantity),
  )
}
