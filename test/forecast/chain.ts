import { readingEvent } from '../../src/core/events.ts'
import { stationModel } from '../../src/core/station-model.ts'
import type { StationState } from '../../src/core/station-state.ts'
import type { Forecast, Settlement } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Station } from '../../src/domain/station.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'

/** A station's model with its stages in the order of a tick, without streams: readings in, and what each led to. */
export interface Chain {
  readonly state: StationState
  live(reading: Reading): {
    readonly settlements: readonly Settlement[]
    readonly forecast: Forecast | undefined
  }
}

export function chain(station: Station, experts: readonly Forecaster[], { issueEvery = HOUR } = {}): Chain {
  const model = stationModel({
    ...{ station, lateness: 0, maxBridge: 3 * HOUR, issueEvery, seed: 1 },
    ...{ window: undefined, experts, trained: [] },
  })
  const state = model.initial()
  return {
    state,
    live(reading) {
      const scored = model.score(state, model.remember(state, readingEvent(reading)))
      model.train(state, scored)
      const { joined, forecast } = model.issue(state, scored)
      return { settlements: joined.settlements, forecast }
    },
  }
}
