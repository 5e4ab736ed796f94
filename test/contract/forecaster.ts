import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Station } from '../../src/domain/station.ts'
import { FeatureStage } from '../../src/forecast/features/feature-stage.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { currentAt, lookbackAt, readingOf, START, stationOf, weather } from '../forecast/series.ts'

/** The lookback that every issue of the suite offers: the last 24 hourly readings of two channels, the target first. */
export const CONTRACT_LOOKBACK = { steps: 24, stepSpan: HOUR, channels: 2, target: 0 } as const

const ROWS = 6 * 24
const HALF = ROWS / 2

interface Said {
  readonly issuedAt: Instant
  readonly mean: Float64Array | undefined
}

/**
 * What every model promises, baseline or network. `create` makes a new one, always from the same seed; a model joins
 * by one line in `forecaster.test.ts`.
 */
export function forecasterContract(name: string, create: (station: Station) => Forecaster): void {
  const fresh = (): Forecaster => create(stationOf())
  const readings = weather({ rows: ROWS })

  describe(`forecaster contract, ${name}`, () => {
    it(`${name} - carries the name it is registered under`, () => {
      expect(fresh().name).toBe(name)
    })

    it(`${name} - says nothing or 24 finite numbers, and speaks from the second day on`, () => {
      const said = play(fresh(), readings)
      for (const { mean } of said) {
        if (mean) expect([mean.length, mean.every(Number.isFinite)]).toEqual([LEADS, true])
      }
      expect(said.slice(24).filter(({ mean }) => mean === undefined)).toEqual([])
    })

    it(`${name} - says the same in a second run from the same seed`, () => {
      expect(play(fresh(), readings)).toEqual(play(fresh(), readings))
    })

    it(`${name} - goes on from a snapshot as if it had never stopped`, () => {
      const unbroken = fresh()
      play(unbroken, readings, { until: HALF })
      const resumed = fresh()
      resumed.restore(structuredClone(unbroken.snapshot()))
      const rest = play(resumed, readings, { from: HALF })
      expect(rest).toEqual(play(unbroken, readings, { from: HALF }))
      expect(rest.some(({ mean }) => mean !== undefined)).toBe(true)
    })

    it(`${name} - neither changes a snapshot it has given nor one it was given`, () => {
      const forecaster = fresh()
      play(forecaster, readings, { until: HALF })
      const snapshot = forecaster.snapshot()
      const copy = structuredClone(snapshot)
      const other = fresh()
      other.restore(snapshot)
      play(forecaster, readings, { from: HALF })
      play(other, readings, { from: HALF })
      expect(snapshot).toEqual(copy)
    })

    it(`${name} - forgets what it had seen when it is restored`, () => {
      const forecaster = fresh()
      const empty = structuredClone(forecaster.snapshot())
      play(forecaster, weather({ rows: ROWS, seed: 2 }))
      forecaster.restore(empty)
      expect(play(forecaster, readings)).toEqual(play(fresh(), readings))
    })

    it(`${name} - is blind to later readings`, () => {
      const otherwise = readings.map((reading, row) => (row < HALF ? reading : garbled(reading)))
      const said = play(fresh(), readings)
      expect(play(fresh(), otherwise).slice(0, HALF)).toEqual(said.slice(0, HALF))
    })

    it(`${name} - never changes a forecast it has given`, () => {
      const forecaster = fresh()
      const early = play(forecaster, readings, { until: HALF })
      const copy = structuredClone(early)
      play(forecaster, readings, { from: HALF })
      expect(early).toEqual(copy)
    })

    it(`${name} - learns nothing from what a bridged reading holds`, () => {
      const observed = readings.map((reading) => (reading.bridged ? garbled(reading) : reading))
      expect(observed).not.toEqual(readings)
      expect(play(fresh(), readings, { observed })).toEqual(play(fresh(), readings))
    })

    it(`${name} - needs no more memory after 60 days than after 10, even at a reading a minute`, () => {
      const forecaster = fresh()
      const sizeAfter = (days: number, from: Instant): number => {
        for (let time = from; time < START + days * 24 * HOUR; time += MINUTE) {
          forecaster.observe(readingOf(time, Math.sin(time) * 10))
        }
        return serialize(forecaster.snapshot()).length
      }
      const early = sizeAfter(10, START)
      expect(sizeAfter(60, START + 10 * 24 * HOUR)).toBeLessThanOrEqual(early * 1.02 + 64)
    })
  })
}

/**
 * Observes each row, learns the examples that it completes, then asks for a forecast. The features are made from the
 * first row on, wherever the model joins. What is observed may differ from what the lookbacks are made of.
 */
function play(
  forecaster: Forecaster,
  readings: readonly Reading[],
  { from = 0, until = readings.length, observed = readings } = {},
): Said[] {
  const said: Said[] = []
  const stage = new FeatureStage(stationOf())
  for (let row = 0; row < until; row++) {
    const issuedAt = readings[row]!.eventTime
    const current = currentAt(readings, row)
    const examples = stage.observe(observed[row]!)
    const features = stage.issue(issuedAt, current)
    if (row < from) continue
    forecaster.observe(observed[row]!)
    for (const example of examples) forecaster.learn?.(example)
    const lookback = lookbackAt(readings, row, CONTRACT_LOOKBACK.steps)
    said.push({ issuedAt, mean: forecaster.predict({ issuedAt, current, lookback, features }) })
  }
  return said
}

function garbled(reading: Reading): Reading {
  return { ...reading, values: reading.values.map((value) => 40 - 3 * value) }
}
