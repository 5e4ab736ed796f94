import { performance } from 'node:perf_hooks'
import type { Reading } from '../src/domain/reading.ts'
import type { Station } from '../src/domain/station.ts'
import { panel } from '../src/flow/panel.ts'
import { verification } from '../src/flow/verification.ts'
import { FeatureStage } from '../src/forecast/features/feature-stage.ts'
import type { Forecaster, Issue } from '../src/forecast/forecaster.ts'
import { conformalIntervals } from '../src/forecast/intervals.ts'
import { MIXTURE } from '../src/forecast/mixture.ts'

/** Milliseconds of the stream's thread. */
export interface Times {
  /** Taking readings, truths and examples in. */
  learn: number
  /** Saying something about the next 24 hours. */
  issue: number
  /** Scoring what was said. */
  settle: number
}

export const emptyTimes = (): Times => ({ learn: 0, issue: 0, settle: 0 })

/** The panel as a whole, two parts of it that can be told apart, and verification. */
export type OtherTimes = Readonly<Record<'panel' | 'features' | 'intervals' | 'verification', Times>>

/** The pipeline's other parts, fed with what its own have been fed. */
export interface SecondLife {
  live(reading: Reading, issue: Issue | undefined): void
  /** The panel's forecast as of the newest issue. */
  issueAgain(): void
}

export function secondLife(
  station: Station,
  { others, standIns }: { readonly others: OtherTimes; readonly standIns: readonly Forecaster[] },
): SecondLife {
  const whole = panel(station, () => standIns)
  const verify = verification(station)
  const features = standIns.some(({ learn }) => learn) ? new FeatureStage(station) : undefined
  const intervals = conformalIntervals(station, MIXTURE)
  let widths = intervals.initial()
  let newest: Issue | undefined

  const timed = <T>(part: keyof OtherTimes, what: keyof Times, work: () => T): T => {
    const began = performance.now()
    const result = work()
    others[part][what] += performance.now() - began
    return result
  }
  const forecast = ({ issuedAt, current, lookback }: Issue) =>
    whole.forecast(issuedAt, { current, lookback, weightsVersion: 0 })

  return {
    live(reading, issue) {
      const settlements = timed('verification', 'settle', () => verify.settle(reading))
      timed('panel', 'learn', () => whole.observe(reading, settlements))
      timed('features', 'learn', () => features?.observe(reading))
      timed('intervals', 'learn', () => {
        for (const settlement of settlements) widths = intervals.learn(widths, settlement)
        widths = intervals.observe(widths, reading)
      })
      if (!issue) return
      newest = issue
      const published = timed('panel', 'issue', () => forecast(issue))
      timed('features', 'issue', () => features?.issue(issue.issuedAt, issue.current))
      if (!published) return
      timed('intervals', 'issue', () => intervals.quantiles(widths, issue.issuedAt, published.mean))
      timed('verification', 'issue', () => verify.issued(published))
    },
    issueAgain() {
      if (!newest) throw new Error('nothing was issued yet')
      forecast(newest)
    },
  }
}
