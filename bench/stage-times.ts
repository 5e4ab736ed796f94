import { performance } from 'node:perf_hooks'
import type { Instruments } from '../src/app/assemble-model.ts'
import type { ReadingEvent } from '../src/core/events.ts'
import type { StationModel } from '../src/core/station-model.ts'
import type { StationState } from '../src/core/station-state.ts'
import type { Reading } from '../src/domain/reading.ts'
import type { Forecaster } from '../src/forecast/forecaster.ts'

/** Milliseconds of the stream's thread. */
export interface Times {
  /** Taking readings, truths and examples in. */
  learn: number
  /** Predicting the next 24 hours. */
  issue: number
  /** Scoring what was predicted. */
  settle: number
}

const emptyTimes = (): Times => ({ learn: 0, issue: 0, settle: 0 })

/**
 * Stages of the pipeline beside its experts. `mixture`: the features that experts share, the mixture and the
 * intervals. `training`: keeping samples, opening rounds, taking over weights.
 */
export type StageTimes = Readonly<Record<'window' | 'verification' | 'training' | 'mixture', Times>>

/** A run's experts and stages, measured as they are called. */
export interface RunTimes extends Required<Instruments> {
  readonly experts: ReadonlyMap<string, Times>
  readonly stages: StageTimes
  /** What the measuring itself took, `onReading` included. Milliseconds. */
  readonly overhead: number
  /**
   * Once more what a reading with a forecast costs, all experts, the mixture and the intervals included: the newest
   * one of the run as if it had come again when the next was due. To be called when the run is over.
   */
  issueAgain(): void
}

const NOTHING_JOINED = { settlements: [], examples: [], closed: [] }

export function runTimes(onReading: (reading: Reading) => void): RunTimes {
  const experts = new Map<string, Times>()
  const stages: StageTimes = {
    window: emptyTimes(),
    verification: emptyTimes(),
    training: emptyTimes(),
    mixture: emptyTimes(),
  }
  let overhead = 0
  /** Of the reading under way: what experts took for it, and when the last of them had taken it in. */
  let inExperts = { learn: 0, issue: 0, learntAt: 0 }
  let newest:
    | { readonly model: StationModel; readonly state: StationState; readonly event: ReadingEvent }
    | undefined

  const measured = <T>(stage: Times, what: keyof Times, work: () => T): T => {
    const began = performance.now()
    const result = work()
    stage[what] += performance.now() - began
    return result
  }

  return {
    experts,
    stages,
    get overhead() {
      return overhead
    },
    aroundExpert(expert: Forecaster): Forecaster {
      const times = emptyTimes()
      experts.set(expert.name, times)
      const measured = <T>(what: 'learn' | 'issue', work: () => T): T => {
        const began = performance.now()
        const result = work()
        const ended = performance.now()
        times[what] += ended - began
        inExperts[what] += ended - began
        if (what === 'learn') inExperts.learntAt = ended
        return result
      }
      const { learn } = expert
      return {
        ...expert,
        observe: (state, reading) => measured('learn', () => expert.observe(state, reading)),
        ...(learn && { learn: (state, example) => measured('learn', () => learn(state, example)) }),
        predict: (state, issue) => measured('issue', () => expert.predict(state, issue)),
      }
    },
    aroundModel: (model) => ({
      ...model,
      remember: (state, event) => measured(stages.window, 'learn', () => model.remember(state, event)),
      score: (state, event) => measured(stages.verification, 'settle', () => model.score(state, event)),
      train: (state, event) => measured(stages.training, 'learn', () => model.train(state, event)),
      issue(state, event) {
        const began = performance.now()
        inExperts = { learn: 0, issue: 0, learntAt: began }
        const issued = model.issue(state, event)
        const ended = performance.now()
        stages.mixture.learn += inExperts.learntAt - began - inExperts.learn
        stages.mixture.issue += ended - inExperts.learntAt - inExperts.issue
        if (issued.forecast) newest = { model, state, event: issued }
        onReading(event.reading)
        overhead += performance.now() - ended
        return issued
      },
    }),
    issueAgain() {
      if (!newest) throw new Error('nothing was issued yet')
      const { model, state, event } = newest
      const eventTime = event.reading.eventTime + model.parts.issueEvery
      const again = { ...event, reading: { ...event.reading, eventTime }, joined: NOTHING_JOINED }
      newest = { model, state, event: model.issue(state, again) }
    },
  }
}
