import { performance } from 'node:perf_hooks'
import type { Reading } from '../src/domain/reading.ts'
import type { Station } from '../src/domain/station.ts'
import type { Forecaster, Issue } from '../src/forecast/forecaster.ts'
import { emptyTimes, type OtherTimes, type SecondLife, secondLife, type Times } from './second-life.ts'

/** A run's experts, measured from outside through their contract. */
export interface ExpertTimes {
  /** To be put round each expert of the run. */
  around(expert: Forecaster): Forecaster
  readonly experts: ReadonlyMap<string, Times>
  /** Of what the pipeline does beside them. */
  readonly others: OtherTimes
  /** What the measuring itself took, `onReading` included. Milliseconds. */
  readonly overhead: number
  /** Issues the whole mixture once more, all experts included, as of the newest issue of the run. */
  issueAgain(): void
}

/**
 * Experts are timed as they are called. What the pipeline does beside them cannot be got at from outside: it is lived
 * through a second time next to it, by the same parts, with the experts' own words put into the mouths of stand-ins.
 */
export function expertTimes(station: Station, onReading: (reading: Reading) => void): ExpertTimes {
  const experts = new Map<string, Times>()
  const others: OtherTimes = {
    panel: emptyTimes(),
    features: emptyTimes(),
    intervals: emptyTimes(),
    verification: emptyTimes(),
  }
  const real = new Map<string, Forecaster>()
  let second: SecondLife | undefined
  let reading: Reading | undefined
  let issue: Issue | undefined
  let said = new Map<string, Float64Array>()
  let again = false
  let overhead = 0

  const standIn = ({ name, learn }: Forecaster): Forecaster => ({
    name,
    observe: () => undefined,
    ...(learn && { learn: () => undefined }),
    predict: (asked) => (again ? real.get(name)!.predict(asked) : said.get(name)),
    snapshot: () => undefined,
    restore: () => undefined,
  })

  /** Once all experts have seen a reading, which is known when the next one comes. */
  const follow = (): void => {
    const began = performance.now()
    if (reading) {
      second ??= secondLife(station, { others, standIns: [...real.values()].map(standIn) })
      second.live(reading, issue)
      onReading(reading)
    }
    reading = undefined
    issue = undefined
    said = new Map()
    overhead += performance.now() - began
  }

  return {
    experts,
    others,
    get overhead() {
      return overhead
    },
    around(expert) {
      const { name } = expert
      // The same expert again: a new session.
      if (real.has(name)) {
        real.clear()
        second = undefined
      }
      const first = real.size === 0
      real.set(name, expert)
      const times = experts.get(name) ?? emptyTimes()
      experts.set(name, times)
      return {
        name,
        observe(next) {
          if (first) follow()
          reading = next
          const began = performance.now()
          expert.observe(next)
          times.learn += performance.now() - began
        },
        ...(expert.learn && {
          learn(example) {
            const began = performance.now()
            expert.learn?.(example)
            times.learn += performance.now() - began
          },
        }),
        predict(asked) {
          const began = performance.now()
          const mean = expert.predict(asked)
          times.issue += performance.now() - began
          issue = asked
          if (mean) said.set(name, mean)
          return mean
        },
        snapshot: () => expert.snapshot(),
        restore: (snapshot) => expert.restore(snapshot),
      }
    },
    issueAgain() {
      follow()
      again = true
      second?.issueAgain()
      again = false
    },
  }
}
