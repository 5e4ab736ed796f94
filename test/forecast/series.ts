import type { Instant } from '../../src/domain/instant.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import type { Lookback } from '../../src/domain/lookback.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Station } from '../../src/domain/station.ts'

/** A station with two channels, the target first; hourly and at UTC+1 unless told otherwise. */
export function stationOf({
  cadence = HOUR,
  utcOffsetMinutes = 60,
  limits = { min: -60, max: 60 },
} = {}): Station {
  const channel = (name: string, unit: string, min: number, max: number) => ({
    name,
    column: name,
    unit,
    limits: { min, max },
    sentinels: [],
  })
  return {
    id: 'test',
    title: 'Test',
    time: { column: 'time', formats: ['iso'], utcOffsetMinutes },
    cadence,
    target: 'T',
    channels: [channel('T', 'degC', limits.min, limits.max), channel('p', 'mbar', 800, 1100)],
    simulated: true,
  }
}

/** Midnight UTC. */
export const START: Instant = Date.UTC(2009, 0, 1)

export function readingOf(eventTime: Instant, target: number, { bridged = false } = {}): Reading {
  return { eventTime, ingestTime: eventTime, values: Float64Array.of(target, 1000 + target), bridged }
}

/** A daily cycle with weather drifting beneath it; now and then a bridged reading, or one without its target. */
export function weather({
  rows,
  cadence = HOUR,
  seed = 1,
}: {
  rows: number
  cadence?: number
  seed?: number
}): Reading[] {
  const random = seededRandom(seed)
  let drift = 0
  let held = 8
  return Array.from({ length: rows }, (_, row) => {
    const time = START + row * cadence
    drift = 0.97 * drift + (random.unit() - 0.5) * 2
    const fate = row === 0 ? 1 : random.unit()
    if (fate < 0.03) return readingOf(time, held, { bridged: true })
    if (fate < 0.06) return readingOf(time, Number.NaN)
    held = 8 + 5 * Math.sin((2 * Math.PI * (time % DAY)) / DAY) + drift
    return readingOf(time, held)
  })
}

/** The same where people work: another level on Saturdays and Sundays. */
export function workingWeek(readings: readonly Reading[]): Reading[] {
  return readings.map((reading) => {
    const isFree = [0, 6].includes(new Date(reading.eventTime).getUTCDay())
    const values = reading.values.map((value) => value - (isFree ? 15 : 0))
    return { ...reading, values }
  })
}

/** The newest real measurement of the target up to a row. */
export function currentAt(readings: readonly Reading[], row: number): number {
  const real = readings
    .slice(0, row + 1)
    .findLast(({ bridged, values }) => !bridged && !Number.isNaN(values[0]!))
  return real?.values[0] ?? Number.NaN
}

/** The last `steps` readings up to a row; undefined where there are not as many. */
export function lookbackAt(readings: readonly Reading[], row: number, steps: number): Lookback | undefined {
  const from = row + 1 - steps
  if (from < 0) return undefined
  const [first, second, last] = [readings[from]!, readings[from + 1]!, readings[row]!]
  return {
    issuedAt: last.eventTime,
    steps,
    stepSpan: second.eventTime - first.eventTime,
    channels: last.values.length,
    copyTo(target, offset = 0) {
      readings.slice(from, row + 1).forEach(({ values }, step) => {
        target.set(values, offset + step * values.length)
      })
    },
  }
}
