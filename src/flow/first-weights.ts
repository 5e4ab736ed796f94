import type { StationParts, TrainedExpert } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { LEADS } from '../domain/forecast.ts'
import { HOUR, type Instant } from '../domain/instant.ts'
import { adoptionAfter } from '../learn/schedule.ts'

/**
 * When an expert's first weights come into use, in event time, if readings go on as they should: by its schedule, and by
 * how many samples it has of those that a round needs. Undefined once they have, or where they never will.
 */
export function firstWeightsAt(
  { name, learner, learnsFrom, minRounds }: TrainedExpert,
  {
    parts: { issueEvery, window, station },
    state,
  }: { readonly parts: StationParts; readonly state: StationState },
): Instant | undefined {
  const { learners, newest, truths } = state
  const known = learners[name]
  if (!known || known.failure !== undefined || known.rounds >= minRounds || !newest) return undefined
  const { schedule } = learner
  const every = Math.max(issueEvery, HOUR) // one sample an hour at most
  const further = minRounds - known.rounds - 1
  const [asked] = known.schedule.open
  if (asked) return adoptionAfter(schedule, { adoptAt: asked.adoptAt, further })

  const samplesFrom = (): Instant => {
    if (known.samples > 0) return newest.eventTime - (known.samples - 1) * every
    const isSample = (row: number) => learnsFrom === 'features' || row >= 0
    const open = truths.issues.find(({ example }) => example && isSample(example.row))
    const rowsToFill = learnsFrom === 'lookbacks' && window ? window.lookback - state.window.filled : 0
    return (open?.issuedAt ?? newest.eventTime + rowsToFill * station.cadence) + LEADS * HOUR
  }
  return adoptionAfter(schedule, { firstAt: samplesFrom(), every, now: newest.eventTime, further })
}
