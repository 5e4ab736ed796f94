import { HOUR, type Instant } from '../../../src/domain/instant.ts'
import type { OutsideForecast } from '../../../src/domain/outside.ts'
import { normal, seededRandom } from '../../../src/domain/random.ts'
import type { Station } from '../../../src/domain/station.ts'
import type { Weights } from '../../../src/domain/weights.ts'
import {
  type AheadState,
  aheadNow,
  passHour,
  takeInQuantity,
} from '../../../src/forecast/ahead/ahead-book.ts'
import type { AheadNow } from '../../../src/forecast/ahead/ahead-columns.ts'
import type { Forecaster, Taught } from '../../../src/forecast/forecaster.ts'
import { readingOf, START, stationOf } from '../series.ts'
import { stored } from '../stored.ts'

export const windStation: Station = { ...stationOf(), outside: [{ issuer: 'met', quantity: 'wind' }] }
export const HOURS = 40 * 24
const at = (hour: number): Instant => START + hour * HOUR

/** A wind that wanders, and what it makes of it: nothing below, as much as there is above. */
const random = seededRandom(5)
export const winds: number[] = [0]
for (let hour = 1; hour < HOURS + 60; hour++) winds.push(0.9 * winds.at(-1)! + normal(random))
export const powerOf = (wind: number): number => Math.min(10, Math.max(0, 5 * (wind + 0.5)))

function run(hour: number, sign: number): OutsideForecast {
  const hours = Array.from({ length: 48 }, (_, lead) => hour + 1 + lead)
  return {
    ...{ issuer: 'met', quantity: 'wind', issuedAt: at(hour), availableAt: at(hour) },
    validAt: Float64Array.from(hours, at),
    mean: Float64Array.from(hours, (each) => sign * winds[each]!),
    spread: new Float64Array(48).fill(Number.NaN),
  }
}

export interface Lived {
  readonly state: unknown
  readonly forecasts: (Float64Array | undefined)[]
  /** By the hour of the issue. */
  readonly taught: ReadonlyMap<number, Taught>
}

/**
 * Through the hours, learning of each issue a day later. `stopAt`: where its state is written out and read in; `weightsAt`:
 * those in effect; `spoiltFrom`: from this hour on all that is measured and said is another; `off`: how
 * far what is measured is from what the wind makes.
 */
export function lived(
  expert: Forecaster,
  {
    stopAt,
    until = HOURS,
    weightsAt,
    spoiltFrom = Number.POSITIVE_INFINITY,
    off = () => 0,
  }: {
    stopAt?: number
    until?: number
    weightsAt?: (hour: number) => Weights | undefined
    spoiltFrom?: number
    off?: (hour: number) => number
  } = {},
): Lived {
  const measuredAt = (hour: number): number =>
    off(hour) + (hour < spoiltFrom ? powerOf(winds[hour]!) : 10 - powerOf(winds[hour]!))
  let state = expert.initial()
  const book: AheadState = {}
  const said: (AheadNow | undefined)[] = []
  const forecasts: (Float64Array | undefined)[] = []
  const taught = new Map<number, Taught>()
  for (let hour = 0; hour < until; hour++) {
    if (hour % 12 === 0 && hour < HOURS - 100)
      takeInQuantity(book, run(hour, hour < spoiltFrom ? 1 : -1), 'wind')
    passHour(book, at(hour))
    const ahead = aheadNow(book, at(hour))
    said.push(ahead)
    if (hour === stopAt) state = stored(state)
    expert.observe(state, readingOf(at(hour), measuredAt(hour)))
    const then = hour - 24
    const known = said[then]
    if (known) {
      const truth = Float64Array.from({ length: 24 }, (_, lead) => measuredAt(then + 1 + lead))
      const current = measuredAt(then)
      const features = new Float64Array(0)
      const lesson = expert.learn?.(state, { issuedAt: at(then), current, features, ahead: known, truth })
      if (lesson) taught.set(then, lesson)
    }
    const issue = { issuedAt: at(hour), current: measuredAt(hour), lookback: undefined }
    const weights = weightsAt?.(hour)
    forecasts.push(expert.predict(state, { ...issue, ...(ahead && { ahead }), ...(weights && { weights }) }))
  }
  return { state, forecasts, taught }
}
