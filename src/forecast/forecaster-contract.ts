import { deepStrictEqual, ok } from 'node:assert'
import { deserialize, serialize } from 'node:v8'
import { LEADS } from '../domain/forecast.ts'
import { DAY, HOUR } from '../domain/instant.ts'
import { seededRandom } from '../domain/random.ts'
import type { Reading } from '../domain/reading.ts'
import type { Station } from '../domain/station.ts'
import type { Forecaster } from './forecaster.ts'

/** One thing that a forecaster promises. */
export interface ForecasterPromise {
  /** As the name of a test. */
  readonly name: string
  /** Throws an `AssertionError` where it is not kept. */
  readonly check: () => void
}

export interface ContractOptions {
  /** Days after which it is to have a forecast. Default 1. */
  readonly availableFrom?: number
}

/**
 * What every forecaster promises, for any test runner: `for (const { name, check } of forecasterPromises(create))
 * test(name, check)`. `create` makes a new one, always from the same seed. It is given an hourly station in degC with a
 * daily cycle, drifting weather, bridged readings and gaps; no lookback and no features.
 */
export function forecasterPromises(
  create: (station: Station) => Forecaster,
  { availableFrom = 1 }: ContractOptions = {},
): readonly ForecasterPromise[] {
  const rows = (2 * availableFrom + 4) * 24
  const half = rows / 2
  const readings = weather(rows, 1)
  const fresh = () => create(STATION)
  const all = () => {
    const forecaster = fresh()
    return played(forecaster, forecaster.initial(), readings)
  }
  return [
    {
      name: 'gives nothing or 24 numbers, NaN only where it says that it sleeps, and is available in time',
      check() {
        const { sleeps } = fresh()
        for (const [row, mean] of all().entries()) {
          if (mean === undefined) ok(row < availableFrom * 24, `nothing at reading ${row}`)
          else {
            ok(mean instanceof Float64Array, 'a forecast is a Float64Array')
            deepStrictEqual(mean.length, LEADS)
            const wrong = mean.find((value) => !Number.isFinite(value) && !(sleeps && Number.isNaN(value)))
            ok(wrong === undefined, `${wrong} at reading ${row}`)
          }
        }
      },
    },
    { name: 'gives the same in a second run', check: () => deepStrictEqual(all(), all()) },
    {
      name: 'goes on from a state that was written out as if it had never stopped',
      check() {
        const forecaster = fresh()
        const state = forecaster.initial()
        played(forecaster, state, readings.slice(0, half))
        const restored: unknown = deserialize(serialize(state))
        const rest = readings.slice(half)
        deepStrictEqual(played(fresh(), restored, rest), played(forecaster, state, rest))
      },
    },
    {
      name: 'keeps two states apart, and holds nothing itself',
      check() {
        const forecaster = fresh()
        const [one, other] = [forecaster.initial(), forecaster.initial()]
        const others = weather(rows, 2)
        const means = readings.map((reading, row) => {
          const mean = step(forecaster, one, reading)
          step(forecaster, other, others[row]!)
          return mean
        })
        deepStrictEqual(means, all())
      },
    },
    {
      name: 'is blind to later readings, and changes no forecast that it has given',
      check() {
        const forecaster = fresh()
        const state = forecaster.initial()
        const early = played(forecaster, state, readings.slice(0, half))
        const copy = structuredClone(early)
        played(forecaster, state, readings.slice(half).map(garbled))
        deepStrictEqual(early, copy)
        deepStrictEqual(early, all().slice(0, half))
      },
    },
    {
      name: 'changes nothing that it is handed',
      check() {
        const forecaster = fresh()
        const state = forecaster.initial()
        for (const reading of weather(rows, 1)) {
          const before = structuredClone(reading)
          step(forecaster, state, reading)
          deepStrictEqual(reading, before)
        }
      },
    },
    {
      name: 'needs no more memory after 60 days than after 10',
      check() {
        const forecaster = fresh()
        const state = forecaster.initial()
        const long = weather(60 * 24, 1)
        played(forecaster, state, long.slice(0, 10 * 24))
        const early = serialize(state).length
        played(forecaster, state, long.slice(10 * 24))
        const late = serialize(state).length
        ok(late <= early * 1.02 + 64, `${early} bytes have become ${late}`)
      },
    },
  ]
}

/** All of it at once: throws at the first promise that is not kept, with its name. */
export function checkForecaster(create: (station: Station) => Forecaster, options?: ContractOptions): void {
  for (const { name, check } of forecasterPromises(create, options)) {
    try {
      check()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`the forecaster does not keep that it ${name}: ${why}`, { cause })
    }
  }
}

const STATION: Station = {
  id: 'contract',
  title: 'Contract',
  time: { column: 'time', formats: ['iso'], utcOffsetMinutes: 0 },
  cadence: HOUR,
  target: 'T',
  channels: [
    { name: 'T', column: 'T', unit: 'degC', limits: { min: -60, max: 60 }, sentinels: [] },
    { name: 'p', column: 'p', unit: 'hPa', limits: { min: 800, max: 1100 }, sentinels: [] },
  ],
  simulated: true,
}

const START = Date.UTC(2020, 0, 1)

function weather(rows: number, seed: number): Reading[] {
  const random = seededRandom(seed)
  let drift = 0
  let held = 8
  return Array.from({ length: rows }, (_, row) => {
    const eventTime = START + row * HOUR
    drift = 0.97 * drift + 2 * (random.unit() - 0.5)
    const fate = row === 0 ? 1 : random.unit()
    const bridged = fate < 0.03
    const isMasked = !bridged && fate < 0.06
    if (!bridged && !isMasked) held = 8 + 5 * Math.sin((2 * Math.PI * (eventTime % DAY)) / DAY) + drift
    const values = Float64Array.of(isMasked ? Number.NaN : held, 1000 + held)
    return { eventTime, ingestTime: eventTime, values, bridged }
  })
}

function garbled(reading: Reading): Reading {
  return { ...reading, values: reading.values.map((value) => 40 - 3 * value) }
}

function played(forecaster: Forecaster, state: unknown, readings: readonly Reading[]) {
  return readings.map((reading) => step(forecaster, state, reading))
}

/** Issued at every reading, also where a pipeline would wait for the next measurement. */
function step(forecaster: Forecaster, state: unknown, reading: Reading): Float64Array | undefined {
  const observed: unknown = forecaster.observe(state, reading)
  ok(!(observed instanceof Promise), 'observe() is to be done when it returns: it gave a promise')
  const [value = Number.NaN] = reading.values
  const current = Number.isNaN(value) ? 8 : value
  return forecaster.predict(state, { issuedAt: reading.eventTime, current, lookback: undefined })
}
