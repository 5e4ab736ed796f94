import type { Lookback, Sample } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Learner } from '../learn/learner.ts'
import { sampler } from '../learn/sampler.ts'
import { scaler, snapshotOf } from '../window/scaler.ts'
import { held } from './held.ts'
import type { Learning } from './learning.ts'

/** The learner with what it learns from: samples joined with their labels, and the running scaler. */
export interface Training extends Learning {
  readonly learner: Learner
  /** Takes a reading in as label and for the scaler, promotes what is due, asks for a round where one is. */
  observe(reading: Reading): readonly Sample[]
  /** A forecast is being issued: its lookback will be a sample once its labels have matured. */
  issued(lookback: Lookback, base: number): void
}

export function training(
  station: Station,
  { name, learner }: { readonly name: string; readonly learner: Learner },
): Training {
  const samples = held(sampler({ cadence: station.cadence, target: targetIndex(station) }))
  const scale = held(scaler(station.channels.length))
  return {
    name,
    learner,
    get stats() {
      return learner.stats
    },
    get trouble() {
      return learner.stats.trouble
    },
    due: (reading) => learner.due(reading.eventTime),
    observe(reading) {
      const matured = samples.step({ kind: 'reading', reading })
      learner.observe({
        eventTime: reading.eventTime,
        samples: matured,
        scaler: () => snapshotOf(scale.state),
      })
      scale.step(reading)
      return matured
    },
    issued(lookback, base) {
      samples.step({ kind: 'issue', lookback, base })
    },
    reset() {
      samples.reset()
      scale.reset()
      return learner.reset()
    },
  }
}
