import { LEADS, QUANTILE_LEVELS } from '../../domain/forecast.ts'
import { HOUR, type Instant } from '../../domain/instant.ts'
import type { Reading } from '../../domain/reading.ts'
import { type Station, targetChannel, targetIndex } from '../../domain/station.ts'
import type { TruthJoinState } from '../truth-join.ts'
import { endFault, type HealthState } from './health-state.ts'
import { type Expected, sensorHealth } from './sensor-health.ts'

const LOWEST = 0
const HIGHEST = QUANTILE_LEVELS.length - 1

/** Masks the target of readings that stem from a fault of its sensor, by what was published before. */
export function targetHealth(
  station: Station,
): (state: HealthState, reading: Reading, truths: TruthJoinState) => Reading {
  if (station.health === 'off') return believed
  const target = targetIndex(station)
  const { unit, limits } = targetChannel(station)
  const sensor = sensorHealth({
    cadence: station.cadence,
    unit,
    limits,
    reportsChanges: station.hold !== undefined,
    stuckAfter: station.health?.stuckAfter,
  })

  return (state, reading, truths) => {
    const value = reading.values[target]!
    if (Number.isNaN(value)) return reading
    const time = reading.eventTime
    // What is held over is what was said last.
    const fault = reading.bridged
      ? state.fault?.kind
      : sensor.judge(state, { time, value }, (before) => expectedAt(truths, time, before))
    if (fault === undefined) return reading
    const values = reading.values.slice()
    values[target] = Number.NaN
    return { ...reading, values, ...(!reading.bridged && { flagged: { fault, value } }) }
  }
}

/** A fault that was found before its owner said that none is to be looked for is over. */
function believed(state: HealthState, reading: Reading): Reading {
  endFault(state, reading.eventTime, 'accepted')
  return reading
}

/** What the newest forecast issued before `before` says of a time, at the nearest of its leads; undefined where none reaches it. */
function expectedAt({ issues }: TruthJoinState, time: Instant, before: Instant): Expected | undefined {
  for (let place = issues.length - 1; place >= 0; place--) {
    const { issuedAt, forecast } = issues[place]!
    if (!forecast || issuedAt >= before) continue
    const lead = Math.max(0, Math.round((time - issuedAt) / HOUR) - 1)
    if (lead >= LEADS) return undefined
    const quantiles = forecast.quantiles[lead]!
    return { mean: forecast.mean[lead]!, low: quantiles[LOWEST]!, high: quantiles[HIGHEST]! }
  }
  return undefined
}
