import type { Lookback, Sample } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'
import { type Station, targetIndex } from '../domain/station.ts'
import type { Levels } from '../forecast/features/levels.ts'
import type { Learner } from '../learn/learner.ts'
import { sampler } from '../learn/sampler.ts'
import { scaler, snapshotOf } from '../window/scaler.ts'
import { held } from './held.ts'
import { allOf, type Learning, learningFromOffers } from './learning.ts'

/** The recurrent networks' learners with what they learn from: lookbacks joined with their labels, and the scaler. */
export interface Training extends Pick<Learning, 'due' | 'reset'> {
  /** In the order of tables; never empty. */
  readonly networks: readonly Learning[]
  /** Takes a reading in as label and for the scaler, promotes what is due, asks for rounds where they are. */
  observe(reading: Reading): readonly Sample[]
  /** A forecast is being issued: its lookback will be a sample once its labels have matured. */
  issued(lookback: Lookback, base: number): void
}

export interface TrainingOptions {
  readonly levels: Levels
  readonly networks: readonly { readonly name: string; readonly learner: Learner }[]
}

export function training(station: Station, { levels, networks }: TrainingOptions): Training {
  const samples = held(sampler({ cadence: station.cadence, target: targetIndex(station) }))
  const seen = held(scaler(levels.count))
  const learning = networks.map(({ name, learner }) =>
    learningFromOffers(learner, { name, scaler: () => levels.scaled(snapshotOf(seen.state)) }),
  )
  return {
    networks: learning,
    due: (reading) => allOf(learning.map((network) => network.due(reading))),
    observe(reading) {
      const matured = samples.step({ kind: 'reading', reading })
      for (const network of learning) {
        for (const sample of matured) network.offer(sample)
        network.observe(reading)
      }
      seen.step({ ...reading, values: levels.of(reading.values) })
      return matured
    },
    issued(lookback, base) {
      samples.step({ kind: 'issue', lookback, base })
    },
    async reset() {
      samples.reset()
      seen.reset()
      await Promise.all(learning.map((network) => network.reset()))
    },
  }
}
