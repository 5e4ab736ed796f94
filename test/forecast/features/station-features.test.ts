import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../../src/domain/instant.ts'
import type { Reading } from '../../../src/domain/reading.ts'
import type { Channel, Station } from '../../../src/domain/station.ts'
import {
  type FeaturesState,
  featureLayout,
  stationFeatures,
} from '../../../src/forecast/features/station-features.ts'
import { jena } from '../../../src/ingest/jena.ts'
import { currentAt, START, stationOf, weather } from '../series.ts'
import { stored } from '../stored.ts'

/** Smooth, with a day, a drift and a beat of its own. */
function smooth(time: Instant): number {
  const days = (time - START) / DAY
  return 9 + 5 * Math.sin(2 * Math.PI * days) + 3 * Math.sin(days * 1.7) + 0.1 * days
}

/** A station of one channel. */
function alone({ unit = 'degC', cadence = HOUR } = {}): Station {
  const { channels, ...station } = stationOf({ cadence })
  const limits = { min: -1e6, max: 1e6 }
  return { ...station, channels: [{ ...channels[0]!, unit, limits }] }
}

function single(eventTime: Instant, value: number): Reading {
  return { eventTime, ingestTime: eventTime, values: Float64Array.of(value), bridged: false }
}

/** Features under way, with the state that is handed to each of their calls. */
function begunFeatures(station: Station, given?: FeaturesState) {
  const { initial, observe, at } = stationFeatures(station)
  const state = given ?? initial()
  return {
    state,
    observe: (reading: Reading) => observe(state, reading),
    at: (issuedAt: Instant, current: number) => at(state, issuedAt, current),
  }
}

/** The features at `days` of a series read every `cadence`. */
function featuresAfter(
  station: Station,
  days: number,
  { value = smooth, offset = 0 }: { value?: (time: Instant) => number; offset?: number } = {},
): Float64Array {
  const features = begunFeatures(station)
  const end = START + days * DAY
  for (let time = START + offset; time <= end; time += station.cadence)
    features.observe(single(time, value(time)))
  return features.at(end, value(end))
}

function named(station: Station, row: Float64Array): Record<string, number> {
  return Object.fromEntries(featureLayout(station).names.map((name, column) => [name, row[column]!]))
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return Math.max(...a.map((value, column) => Math.abs(value - b[column]!)))
}

describe('features', () => {
  it('features - have a name for each column, all of them different', () => {
    for (const station of [alone(), stationOf(), { ...jena, cadence: HOUR }]) {
      const { names } = featureLayout(station)
      const values = new Float64Array(station.channels.length).fill(1)
      const features = begunFeatures(station)
      features.observe({ eventTime: START, ingestTime: START, values, bridged: false })
      expect(features.at(START, 1).length).toBe(names.length)
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('features - are the values of the recipe for a temperature in degC', () => {
    const station = alone()
    const end = START + 12 * DAY
    const columns = named(station, featuresAfter(station, 12))
    const mean = (hours: number): number => {
      const times = Array.from({ length: hours }, (_, hour) => smooth(end - hour * HOUR))
      return times.reduce((sum, value) => sum + value, 0) / hours
    }
    expect(columns['target: level -0 h']).toBeCloseTo((smooth(end) - 10) / 10, 12)
    expect(columns['target: change since -6 h']).toBeCloseTo((smooth(end - 6 * HOUR) - smooth(end)) / 6, 12)
    expect(columns['target: change since -120 h']).toBeCloseTo(
      (smooth(end - 120 * HOUR) - smooth(end)) / 6,
      12,
    )
    expect(columns['target: mean of 72 h']).toBeCloseTo((mean(72) - smooth(end)) / 5, 12)
    expect(columns['sin hour']).toBeCloseTo(Math.sin((2 * Math.PI) / 24), 9)
  })

  it('features - are the same in any unit of temperature', () => {
    const celsius = featuresAfter(alone(), 12)
    const kelvins = featuresAfter(alone({ unit: 'K' }), 12, { value: (time) => smooth(time) + 273.15 })
    const fahrenheit = featuresAfter(alone({ unit: 'degF' }), 12, {
      value: (time) => smooth(time) * 1.8 + 32,
    })
    expect(largestDifference(kelvins, celsius)).toBeLessThan(1e-9)
    expect(largestDifference(fahrenheit, celsius)).toBeLessThan(1e-9)
  })

  it('features - of a quantity that nobody knows do not depend on its unit', () => {
    const metres = featuresAfter(alone({ unit: 'm' }), 12, { value: smooth })
    const litres = featuresAfter(alone({ unit: 'l/s' }), 12, { value: (time) => 1000 * smooth(time) - 7e4 })
    expect(largestDifference(metres, litres)).toBeLessThan(1e-9)
    expect(Math.max(...metres.slice(0, 30).map(Math.abs))).toBeGreaterThan(0.2)
  })

  it('features - look back by time: ten minutes or one minute between readings, they are nearly the same', () => {
    const hourly = featuresAfter(alone(), 12)
    const often = featuresAfter(alone({ cadence: 10 * MINUTE }), 12)
    const oftener = featuresAfter(alone({ cadence: MINUTE }), 12)
    // A mean of six readings an hour is not the mean of one; the profile of an hour is that of its middle.
    expect(largestDifference(often, hourly)).toBeLessThan(0.2)
    expect(largestDifference(oftener, hourly)).toBeLessThan(0.2)
    const station = alone()
    for (const row of [often, oftener]) {
      const lag = 'target: change since -24 h'
      expect(named(station, row)[lag]).toBeCloseTo(named(station, hourly)[lag]!, 1)
    }
  })

  it('features - look back by time where the minute has drifted and a row is missing', () => {
    const station = alone()
    const features = begunFeatures(station)
    const end = START + 12 * DAY
    for (let time = START; time < end; time += HOUR) {
      const missing = end - time === 30 * HOUR
      const drifted = time + (time < end - 5 * HOUR ? 20 * MINUTE : 0)
      if (!missing) features.observe(single(drifted, smooth(drifted)))
    }
    features.observe(single(end, smooth(end)))
    const columns = named(station, features.at(end, smooth(end)))
    // On the line between its neighbours: 20 minutes off, the nearest would be 0.06 off.
    expect(columns['target: change since -24 h']).toBeCloseTo((smooth(end - 24 * HOUR) - smooth(end)) / 6, 2)
    expect(columns['target: change since -30 h']).toBeCloseTo((smooth(end - 30 * HOUR) - smooth(end)) / 6, 1)
    expect(columns['target: change since -30 h']).not.toBe(0)
  })

  it('features - are 0, as now or as ever, where nothing was measured', () => {
    const station: Station = { ...jena, cadence: HOUR }
    const features = begunFeatures(station)
    const target = station.channels.findIndex(({ name }) => name === station.target)
    for (let hour = 0; hour <= 48; hour++) {
      const time = START + hour * HOUR
      const values = new Float64Array(station.channels.length).fill(Number.NaN)
      values[target] = smooth(time)
      features.observe({ eventTime: time, ingestTime: time, values, bridged: false })
    }
    const now = START + 48 * HOUR
    const columns = named(station, features.at(now, smooth(now)))
    for (const name of ['pressure: level -0 h', 'humidity: mean of 6 h', 'target: change since -72 h']) {
      expect([name, columns[name]]).toEqual([name, 0])
    }
    expect(Object.values(columns).every(Number.isFinite)).toBe(true)
  })

  it('features - stay few enough to learn, however much a station measures', () => {
    const others: Channel[] = Array.from({ length: 63 }, (_, index) => ({
      ...stationOf().channels[0]!,
      name: `probe ${index}`,
      unit: 'V',
    }))
    const station = { ...stationOf(), channels: [stationOf().channels[0]!, ...others] }
    expect(featureLayout(station).measured).toBeLessThan(120)
  })

  it('features - need no more memory after 60 days than after 20, even at a reading a minute', () => {
    const features = begunFeatures(alone({ unit: 'm', cadence: MINUTE }))
    const sizeAfter = (from: number, to: number): number => {
      for (let time = START + from * DAY; time < START + to * DAY; time += MINUTE) {
        features.observe(single(time, smooth(time)))
      }
      return serialize(features.state).length
    }
    const early = sizeAfter(0, 20)
    expect(sizeAfter(20, 60)).toBeLessThanOrEqual(early * 1.02)
  })

  it('features - go on from a state that was written out as if they had never stopped, and leave it alone', () => {
    const readings = weather({ rows: 400, seed: 4 })
    const play = (features: ReturnType<typeof begunFeatures>, from: number, until: number): Float64Array[] =>
      readings.slice(from, until).map((reading, row) => {
        features.observe(reading)
        return features.at(reading.eventTime, currentAt(readings, from + row))
      })
    const unbroken = begunFeatures(stationOf())
    play(unbroken, 0, 200)
    const written = stored(unbroken.state)
    const copy = structuredClone(written)
    const rest = play(begunFeatures(stationOf(), stored(written)), 200, 400)
    expect(rest).toEqual(play(unbroken, 200, 400))
    expect(written).toEqual(copy)
  })
})
