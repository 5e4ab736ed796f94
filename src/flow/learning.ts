import type { Sample, ScalerSnapshot } from '../domain/lookback.ts'
import type { Reading } from '../domain/reading.ts'
import type { Learner } from '../learn/learner.ts'
import type { LearnerStats } from '../learn/session.ts'

/** What learns beside the stream, by event time. */
export interface Learning {
  /** Of the expert that learns. */
  readonly name: string
  readonly stats: LearnerStats
  /** Why it learns no more, where that has failed: the stream goes on with the last weights. */
  readonly trouble: string | undefined
  /** A promise where weights due at this reading are not ready: the stream waits for it. */
  due(reading: Reading): Promise<void> | undefined
  /** Promotes what is due and asks for a round where one is. */
  observe(reading: Reading): void
  reset(): Promise<void>
}

/** A learner whose samples an expert makes itself. */
export interface OfferedLearning extends Learning {
  /** Takes a sample in; it counts from the next reading on. */
  offer(sample: Sample): void
}

/** Features have scales of their own. */
const UNSCALED: ScalerSnapshot = { count: 0, mean: new Float64Array(0), deviation: new Float64Array(0) }

export function learningFromOffers(
  learner: Learner,
  { name, scaler = () => UNSCALED }: { readonly name: string; readonly scaler?: () => ScalerSnapshot },
): OfferedLearning {
  let offered: Sample[] = []
  return {
    name,
    get stats() {
      return learner.stats
    },
    get trouble() {
      const { trouble } = learner.stats
      return trouble === undefined ? undefined : `${name}: ${trouble}`
    },
    offer: (sample) => void offered.push(sample),
    due: ({ eventTime }) => learner.due(eventTime),
    observe({ eventTime }) {
      const samples = offered
      offered = []
      learner.observe({ eventTime, samples, scaler })
    },
    reset() {
      offered = []
      return learner.reset()
    },
  }
}

/** When all are; undefined where there is nothing to wait for. */
export function allOf(waits: readonly (Promise<void> | undefined)[]): Promise<void> | undefined {
  return waits.some((wait) => wait !== undefined) ? Promise.all(waits).then(() => undefined) : undefined
}
