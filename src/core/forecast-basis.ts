import { type ForecastBasis, LEADS, validTime } from '../domain/forecast.ts'
import { DAY, type Instant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import { intervalBasis } from '../forecast/intervals-basis.ts'
import { type OutsideRuns, valueAt } from '../forecast/outside/outside-runs.ts'
import type { EnsembleState } from './ensemble.ts'
import { type History, measuredAt, timeOf } from './history.ts'

/** Readings of the last day that are looked at: one a minute. */
const MOST_READINGS = 1440

/**
 * What a forecast that is issued at this reading rests on, to be kept beside it: it cannot be worked out again once the
 * models have gone on. Reads the state and changes nothing.
 */
export function basisOf(
  { ensemble, history }: { readonly ensemble: EnsembleState; readonly history: History },
  { eventTime, ingestTime, replay }: Reading,
  current: number,
): ForecastBasis {
  const { outside, ahead } = ensemble
  const runs = [
    ...Object.entries(outside?.issuers ?? {}).map(([issuer, { runs }]) => usedOf(issuer, runs, eventTime)),
    ...Object.entries(ahead ?? {}).map(([quantity, { runs }]) => usedOf(quantity, runs, eventTime)),
  ].flat()
  return {
    current,
    // On a tape it says when it was played, which is nothing about the station.
    ...(replay === undefined && { takenIn: ingestTime }),
    lastDay: readingsOfDay(history, eventTime),
    ...(runs.length > 0 && { outside: runs }),
    intervals: intervalBasis(ensemble.intervals),
  }
}

/** Of those there at the issue, the runs that say something of a lead. */
function usedOf(source: string, runs: OutsideRuns, issuedAt: Instant): NonNullable<ForecastBasis['outside']> {
  const used = new Set<Instant>()
  for (let lead = 0; lead < LEADS; lead++) {
    const said = valueAt(runs, validTime(issuedAt, lead), issuedAt)
    if (said) used.add(said.issuedAt)
  }
  return [...used].map((at) => {
    const run = runs.find((one) => one.issuedAt === at && one.availableAt <= issuedAt)!
    return { source, issuedAt: at, availableAt: run.availableAt }
  })
}

function readingsOfDay(history: History, issuedAt: Instant): ForecastBasis['lastDay'] {
  let readings = 0
  let unmeasured = 0
  for (let row = history.rows - 1; row >= history.first && readings < MOST_READINGS; row--) {
    if (timeOf(history, row) <= issuedAt - DAY) break
    readings++
    if (Number.isNaN(measuredAt(history, row))) unmeasured++
  }
  return { readings, unmeasured }
}
