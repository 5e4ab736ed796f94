import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paired, pairRows } from '../../src/commands/pairs.ts'
import { truthTolerance } from '../../src/core/truth-join.ts'
import { LEADS, validTime } from '../../src/domain/forecast.ts'
import { formatInstant, HOUR, MINUTE, parseInstant } from '../../src/domain/instant.ts'
import type { ReadingMessage } from '../../src/protocol/messages.ts'
import { forecastAt, noon, pond, readingAt } from '../gateway/messages.ts'

function readingAfter(minutes: number, value: number | null, bridged = false): ReadingMessage {
  return {
    ...readingAt(0),
    event_time: formatInstant(noon + minutes * MINUTE),
    values: { 'T (degC)': value, humidity: 50 },
    bridged,
  }
}

const truthsOf = (readings: readonly ReadingMessage[], forecasts = [forecastAt(0)]) =>
  [...paired(pond, { forecasts, readings })].map(({ truth }) => [...truth])

const unknownBut = (lead: number, truth: number) =>
  Array.from({ length: LEADS }, (_, at) => (at === lead - 1 ? truth : Number.NaN))

describe('pairs', () => {
  it('pairs - the truth is the measurement nearest to the valid time, within the tolerance', () => {
    const [truth] = truthsOf([readingAfter(56, 1), readingAfter(61, 2), readingAfter(64, 3)])
    expect(truth).toEqual(unknownBut(1, 2))
    expect(truthsOf([readingAfter(54, 1), readingAfter(66, 2)])).toEqual([unknownBut(0, 0)])
  })

  it('pairs - what is bridged or was not measured is no truth', () => {
    const readings = [
      readingAfter(60, 1, true),
      readingAfter(61, null),
      readingAfter(63, 3),
      readingAfter(70, 4),
    ]
    expect(truthsOf(readings)).toEqual([unknownBut(1, 3)])
  })

  it('pairs - a forecast of what the station no longer forecasts has none', () => {
    expect(truthsOf([readingAfter(60, 1)], [{ ...forecastAt(0), target: 'humidity' }])).toEqual([])
  })

  it('pairs - every forecast is there once, in its order, with the truths of a plain search', () => {
    const steps = fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 90 }), measured: fc.boolean() }), {
      minLength: 1,
      maxLength: 200,
    })
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 20 })
    fc.assert(
      fc.property(steps, hours, (steps, hours) => {
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
        const tolerance = truthTolerance(pond)
        const pairs = [...paired(pond, { forecasts, readings })]
        expect(pairs.map(({ forecast }) => forecast.issuedAt)).toEqual(
          hours.map((hour) => noon + hour * HOUR),
        )
        for (const { forecast, truth } of pairs) {
          truth.forEach((value, lead) => {
            const valid = validTime(forecast.issuedAt, lead)
            // What could still be outdone by a later reading is not known yet.
            if (end < valid + tolerance) return
            const near = measured
              .filter(({ at }) => Math.abs(at - valid) <= tolerance)
              .sort(
                (one, other) => Math.abs(one.at - valid) - Math.abs(other.at - valid) || one.at - other.at,
              )
            expect(value).toBe(near[0]?.value ?? Number.NaN)
          })
        }
      }),
    )
  })

  it('pairs - readings are read no further than the last forecast needs', () => {
    let read = 0
    function* readings(): Generator<ReadingMessage> {
      for (; read < 10_000; read++) yield readingAt(read)
    }
    const [pair] = [...paired(pond, { forecasts: [forecastAt(0)], readings: readings() })]
    expect(read).toBe(LEADS * 6)
    expect(pairRows(pair!)[23]).toEqual([
      ...[noon, noon + 24 * HOUR, 24, 0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95],
      LEADS * 6,
    ])
  })
})
