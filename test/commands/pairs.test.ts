import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pairRows } from '../../src/commands/pairs.ts'
import { paired } from '../../src/core/paired.ts'
import { LEADS, validTime } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR, type Instant, MINUTE, parseInstant } from '../../src/domain/instant.ts'
import type { ReadingMessage } from '../../src/protocol/reading.ts'
import { forecastAt, noon, pond, readingAt } from '../gateway/messages.ts'

function readingAfter(minutes: number, value: number | null, bridged = false): ReadingMessage {
  return {
    ...readingAt(0),
    event_time: formatInstant(noon + minutes * MINUTE),
    values: { 'T (degC)': value, humidity: 50 },
    bridged,
  }
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const truthsOf = async (readings: readonly ReadingMessage[], forecasts = [forecastAt(0)]) =>
  (await collected(paired(pond, { forecasts, readings }))).map(({ truth }) => [...truth])

const unknownBut = (lead: number, truth: number) =>
  Array.from({ length: LEADS }, (_, at) => (at === lead - 1 ? truth : Number.NaN))

interface Measured {
  readonly at: Instant
  readonly value: number
}

/** Of a cadence of ten minutes: the nearest within five, else the line between two that are twenty apart at most. */
function plainTruth(measured: readonly Measured[], valid: Instant): number | undefined {
  const before = measured.findLast(({ at }) => at < valid)
  const after = measured.find(({ at }) => at >= valid)
  const near = [before, after].filter((one) => one && Math.abs(one.at - valid) <= 5 * MINUTE)
  if (near.length > 0) {
    return near.reduce((best, one) => (Math.abs(one!.at - valid) < Math.abs(best!.at - valid) ? one : best))!
      .value
  }
  if (!before || !after || after.at - before.at > 20 * MINUTE) return undefined
  return before.value + ((after.value - before.value) * (valid - before.at)) / (after.at - before.at)
}

describe('pairs', () => {
  it('pairs - the truth is the measurement nearest to the valid time, within the tolerance', async () => {
    const [truth] = await truthsOf([readingAfter(56, 1), readingAfter(61, 2), readingAfter(64, 3)])
    expect(truth).toEqual(unknownBut(1, 2))
    expect(await truthsOf([readingAfter(49, 1), readingAfter(70, 2)])).toEqual([unknownBut(0, 0)])
  })

  it('pairs - without one so near it is on the line between its neighbours', async () => {
    expect(await truthsOf([readingAfter(54, 1), readingAfter(66, 2)])).toEqual([unknownBut(1, 1.5)])
  })

  it('pairs - a station that reports changes holds a value for as long as it says', async () => {
    const readings = [readingAfter(30, 7), readingAfter(280, 8), readingAfter(24 * 60, 9)]
    const forecasts = [forecastAt(0)]
    const [pair] = await collected(paired({ ...pond, hold: 2 * HOUR }, { forecasts, readings }))
    expect([...pair!.truth.slice(0, 7)]).toEqual([7, 7, Number.NaN, Number.NaN, 8, 8, Number.NaN])
  })

  it('pairs - every hour has its truth however many rows go by', async () => {
    const hours = 24 * 40
    const readings = Array.from({ length: hours * 6 }, (_, row) => readingAfter(10 * row, row % 6))
    const forecasts = Array.from({ length: hours - LEADS }, (_, hour) => forecastAt(hour))
    expect((await truthsOf(readings, forecasts)).flat().every((truth) => truth === 0)).toBe(true)
  })

  it('pairs - what is bridged or was not measured is no truth', async () => {
    const readings = [
      readingAfter(60, 1, true),
      readingAfter(61, null),
      readingAfter(63, 3),
      readingAfter(70, 4),
    ]
    expect(await truthsOf(readings)).toEqual([unknownBut(1, 3)])
  })

  it('pairs - a forecast of what the station no longer forecasts has none', async () => {
    expect(await truthsOf([readingAfter(60, 1)], [{ ...forecastAt(0), target: 'humidity' }])).toEqual([])
  })

  it('pairs - every forecast is there once, in its order, with the truths of a plain search', async () => {
    const steps = fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 90 }), measured: fc.boolean() }), {
      minLength: 1,
      maxLength: 200,
    })
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(steps, hours, async (steps, hours) => {
        let minutes = -30
        const readings = steps.map(({ minutes: step, measured }, at) => {
          minutes += step
          return readingAfter(minutes, measured ? at : null)
        })
        const forecasts = hours.sort((one, other) => one - other).map((hour) => forecastAt(hour))
        const measured = readings.flatMap(({ event_time, values }) => {
          const value = values['T (degC)']
          return typeof value === 'number' ? [{ at: parseInstant(event_time)!, value }] : []
        })
        const end = noon + minutes * MINUTE
        const pairs = await collected(paired(pond, { forecasts, readings }))
        expect(pairs.map(({ forecast }) => forecast.issuedAt)).toEqual(
          hours.map((hour) => noon + hour * HOUR),
        )
        for (const { forecast, truth } of pairs) {
          truth.forEach((value, lead) => {
            const valid = validTime(forecast.issuedAt, lead)
            // What could still be outdone by a later reading is not known yet.
            if (end < valid + 20 * MINUTE) return
            const known = plainTruth(measured, valid)
            if (known === undefined) expect(value).toBeNaN()
            else expect(value).toBeCloseTo(known, 9)
          })
        }
      }),
    )
  })

  it('pairs - readings are read no further than the last forecast needs', async () => {
    let read = 0
    function* readings(): Generator<ReadingMessage> {
      for (; read < 10_000; read++) yield readingAt(read)
    }
    const [pair] = await collected(paired(pond, { forecasts: [forecastAt(0)], readings: readings() }))
    expect(read).toBe(LEADS * 6)
    expect(pairRows(pair!)[23]).toEqual([
      ...[noon, noon + 24 * HOUR, 24, 0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95],
      LEADS * 6,
    ])
  })
})
