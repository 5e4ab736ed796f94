import { deserialize, serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import type { Station } from '../../src/domain/station.ts'
import type { Forecaster, Taught } from '../../src/forecast/forecaster.ts'
import { examplesOf } from '../forecast/examples.ts'
import { currentAt, lookbackAt, readingOf, START, stationOf, weather } from '../forecast/series.ts'
import { stored } from '../forecast/stored.ts'

/** The lookback that every issue of the suite offers: the last 24 hourly readings of two channels, the target first. */
export const CONTRACT_LOOKBACK = { steps: 24, stepSpan: HOUR, channels: 2, target: 0 } as const

const DAY_ROWS = 24

/** What came of one row: what it gave back for the examples that the row completed, and its forecast. */
interface Outcome {
  readonly issuedAt: Instant
  readonly taught: readonly (Taught | undefined)[]
  readonly mean: Float64Array | undefined
}

/**
 * What every model promises, baseline or network. `create` makes a new one, always from the same seed; a model joins
 * by one line in `forecaster.test.ts`. `availableFrom` counts days.
 */
export function forecasterContract(
  name: string,
  create: (station: Station) => Forecaster,
  {
    availableFrom = 1,
    livedBy = (readings) => readings,
  }: {
    readonly availableFrom?: number
    /** What it lives by, where a daily cycle is not enough. */
    readonly livedBy?: (readings: readonly Reading[]) => readonly Reading[]
  } = {},
): void {
  const fresh = (): Forecaster => create(stationOf())
  const rows = (2 * availableFrom + 4) * DAY_ROWS
  const half = rows / 2
  const readings = livedBy(weather({ rows }))
  const others = livedBy(weather({ rows, seed: 2 }))
  /** From the first row on, by a model of its own. */
  const played = (readings: readonly Reading[], options: PlayOptions = {}): Outcome[] => {
    const forecaster = fresh()
    return play(forecaster, forecaster.initial(), readings, options)
  }

  describe(`forecaster contract, ${name}`, () => {
    it(`${name} - carries the name it is registered under`, () => {
      expect(fresh().name).toBe(name)
    })

    it(`${name} - gives nothing or 24 finite numbers, and is available from day ${availableFrom + 1} on`, () => {
      const outcomes = played(readings)
      for (const { mean } of outcomes) {
        if (mean) expect([mean.length, mean.every(Number.isFinite)]).toEqual([LEADS, true])
      }
      expect(outcomes.slice(availableFrom * DAY_ROWS).filter(({ mean }) => mean === undefined)).toEqual([])
    })

    it(`${name} - gives the same in a second run from the same seed`, () => {
      expect(played(readings)).toEqual(played(readings))
    })

    it(`${name} - goes on from a state that was written out as if it had never stopped`, () => {
      const forecaster = fresh()
      const state = forecaster.initial()
      play(forecaster, state, readings, { until: half })
      const rest = play(fresh(), stored(state), readings, { from: half })
      expect(rest).toEqual(play(forecaster, state, readings, { from: half }))
      expect(rest.some(({ mean }) => mean !== undefined)).toBe(true)
    })

    it(`${name} - leaves a state that was written out alone when it goes on, from it or from the one it was`, () => {
      const forecaster = fresh()
      const state = forecaster.initial()
      play(forecaster, state, readings, { until: half })
      const written = serialize(state)
      const before = Buffer.from(written)
      play(forecaster, state, readings, { from: half })
      play(forecaster, deserialize(Buffer.from(written)), readings, { from: half })
      expect(written.equals(before)).toBe(true)
    })

    it(`${name} - keeps two states of one forecaster apart`, () => {
      const forecaster = fresh()
      const one = player(forecaster, forecaster.initial(), readings)
      const other = player(forecaster, forecaster.initial(), others)
      const outcomes = readings.map((_, row) => [one(row), other(row)])
      expect(outcomes.map(([of]) => of)).toEqual(played(readings))
      expect(outcomes.map(([, of]) => of)).toEqual(played(others))
    })

    it(`${name} - is blind to later readings`, () => {
      const otherwise = readings.map((reading, row) => (row < half ? reading : garbled(reading)))
      expect(played(otherwise).slice(0, half)).toEqual(played(readings).slice(0, half))
    })

    it(`${name} - never changes a forecast it has given`, () => {
      const forecaster = fresh()
      const state = forecaster.initial()
      const early = play(forecaster, state, readings, { until: half })
      const copy = structuredClone(early)
      play(forecaster, state, readings, { from: half })
      expect(early).toEqual(copy)
    })

    it(`${name} - learns nothing from what a bridged reading holds`, () => {
      const observed = readings.map((reading) => (reading.bridged ? garbled(reading) : reading))
      expect(observed).not.toEqual(readings)
      expect(played(readings, { observed })).toEqual(played(readings))
    })

    it(`${name} - needs no more memory after 60 days than after 10, even at a reading a minute`, () => {
      const forecaster = fresh()
      const state = forecaster.initial()
      const sizeAfter = (days: number, from: Instant): number => {
        for (let time = from; time < START + days * 24 * HOUR; time += MINUTE) {
          forecaster.observe(state, readingOf(time, Math.sin(time) * 10))
        }
        return serialize(state).length
      }
      const early = sizeAfter(10, START)
      expect(sizeAfter(60, START + 10 * 24 * HOUR)).toBeLessThanOrEqual(early * 1.02 + 64)
    })
  })
}

interface PlayOptions {
  readonly from?: number
  readonly until?: number
  /** Where what is observed differs from what the lookbacks are made of. */
  readonly observed?: readonly Reading[]
}

/** The rows `from` to `until`; the features are made from the first row on, wherever the model joins. */
function play(
  forecaster: Forecaster,
  state: unknown,
  readings: readonly Reading[],
  { from = 0, until = readings.length, observed = readings }: PlayOptions,
): Outcome[] {
  const step = player(forecaster, state, readings, { from, observed })
  return readings.slice(0, until).flatMap((_, row) => step(row) ?? [])
}

/** For one row after another: observes it, learns the examples that it completes, then asks for a forecast. */
function player(
  forecaster: Forecaster,
  state: unknown,
  readings: readonly Reading[],
  { from = 0, observed = readings }: PlayOptions = {},
): (row: number) => Outcome | undefined {
  const { initial, observe, issue } = examplesOf(stationOf())
  const open = initial()
  return (row) => {
    const issuedAt = readings[row]!.eventTime
    const current = currentAt(readings, row)
    const examples = observe(open, observed[row]!)
    const features = issue(open, issuedAt, current)
    if (row < from) return undefined
    forecaster.observe(state, observed[row]!)
    const taught = examples.map((example) => forecaster.learn?.(state, example))
    const lookback = lookbackAt(readings, row, CONTRACT_LOOKBACK.steps)
    return { issuedAt, taught, mean: forecaster.predict(state, { issuedAt, current, lookback, features }) }
  }
}

function garbled(reading: Reading): Reading {
  return { ...reading, values: reading.values.map((value) => 40 - 3 * value) }
}
