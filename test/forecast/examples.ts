import { LEADS, validTime } from '../../src/domain/forecast.ts'
import { HOUR, type Instant } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { type Station, targetIndex } from '../../src/domain/station.ts'
import type { Example } from '../../src/forecast/features/example.ts'
import { type FeaturesState, stationFeatures } from '../../src/forecast/features/station-features.ts'

/** Plain data. */
export interface ExamplesState {
  readonly features: FeaturesState
  /** Whose labels are still to come, oldest first. */
  open: Example[]
}

/**
 * Features, and the examples that they become, for series on a grid of whole hours: a label is the measurement at
 * exactly its valid time. An example is given out with the first reading at or after its last valid time that settles
 * it. Shared by tests of what learns from examples; it forecasts nothing.
 */
export function examplesOf(station: Station) {
  const target = targetIndex(station)
  const { initial, observe, at } = stationFeatures(station)
  return {
    initial: (): ExamplesState => ({ features: initial(), open: [] }),

    /** Each reading once, in order of event time; gives out the examples that it completes, oldest first. */
    observe(state: ExamplesState, reading: Reading): readonly Example[] {
      observe(state.features, reading)
      const { eventTime, bridged } = reading
      const value = bridged ? Number.NaN : reading.values[target]!
      for (const { issuedAt, truth } of state.open) {
        const lead = (eventTime - issuedAt) / HOUR - 1
        if (Number.isInteger(lead) && lead >= 0 && lead < LEADS) truth[lead] = value
      }
      const isPast = ({ issuedAt, truth }: Example): boolean => {
        const last = validTime(issuedAt, LEADS - 1)
        return eventTime > last || (eventTime === last && Number.isFinite(truth[LEADS - 1]))
      }
      const past = state.open.filter(isPast)
      state.open = state.open.filter((example) => !isPast(example))
      return past.filter(({ truth }) => truth.some(Number.isFinite))
    },

    /** The features of a forecast that is due. `current` is the target's newest measurement. */
    issue(state: ExamplesState, issuedAt: Instant, current: number): Float64Array {
      const features = at(state.features, issuedAt, current)
      const truth = new Float64Array(LEADS).fill(Number.NaN)
      if (Number.isFinite(current)) state.open.push({ issuedAt, current, features, truth })
      return features
    },
  }
}
