import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Range, steadyRange } from '../../../src/dashboard/charts/steady-range.ts'
import { midnights, scaleSplits, timeLabel, timeSplits } from '../../../src/dashboard/charts/time-axis.ts'
import { instantAt, placeOf, timeScale } from '../../../src/dashboard/charts/time-scale.ts'
import { stationClock } from '../../../src/dashboard/format.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../src/domain/instant.ts'
import { START } from '../messages.ts'

const jena = stationClock(60)
const fourDays = { from: (START - 3 * DAY) / SECOND, to: (START + DAY) / SECOND }

describe('time axis', () => {
  it('time axis - labels fall on whole hours of the station’s clock, days at its midnight', () => {
    const splits = timeSplits(jena, { ...fourDays, widthPx: 1200, spacePx: 58 })
    const labels = splits.map((split) => timeLabel(jena, split, false))
    expect(labels.slice(0, 6)).toEqual(['06:00', '12:00', '18:00', 'Thu 22 Oct', '06:00', '12:00'])
    expect(midnights(jena, fourDays).map((at) => timeLabel(jena, at, true))).toEqual([
      'Thu 22',
      'Fri 23',
      'Sat 24',
      'Sun 25',
    ])
  })

  it('time axis - labels are never closer than asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 3000 }), (widthPx) => {
        const splits = timeSplits(jena, { ...fourDays, widthPx, spacePx: 58 })
        const pxPerSecond = widthPx / (fourDays.to - fourDays.from)
        for (const [index, split] of splits.slice(1).entries()) {
          expect((split - splits[index]!) * pxPerSecond).toBeGreaterThanOrEqual(58 - 1e-6)
        }
      }),
    )
  })
})

describe('time scale', () => {
  const now = START + 7 * MINUTE
  const shown = (first: Instant, widthPx: number) => {
    const scale = timeScale({ first, now, usual: 3 * DAY })
    const splits = scaleSplits(jena, { scale, widthPx, spacePx: 58 })
    return { scale, labels: splits.map((split) => timeLabel(jena, split, true)) }
  }

  it('time scale - four minutes of readings have the left half, with times of their own', () => {
    const { scale, labels } = shown(now - 4 * MINUTE, 900)
    expect(scale.from).toBe(now - 5 * MINUTE)
    expect(labels.slice(0, 6)).toEqual(['05:02', '05:03', '05:04', '05:05', '05:06', '05:07'])
    expect(labels.slice(-2)).toEqual(['18:00', 'Sun 25'])
    const narrow = shown(now - 4 * MINUTE, 300).labels
    expect(narrow.slice(0, 2)).toEqual(['05:02', '05:04'])
    expect(new Set(narrow).size).toBe(narrow.length)
  })

  it('time scale - from a day on there is one scale', () => {
    expect(shown(now - DAY, 900).scale).toEqual({ from: now - 3 * DAY, now, to: now + DAY, stretch: 1 })
    expect(shown(now - DAY + MINUTE, 900).scale.from).toBe(now - DAY)
  })

  it('time scale - labels never crowd each other, and a place leads back to its instant', () => {
    const spans = fc.integer({ min: 0, max: 40 * HOUR })
    fc.assert(
      fc.property(spans, fc.integer({ min: 250, max: 3000 }), (observed, widthPx) => {
        const scale = timeScale({ first: now - observed, now, usual: 3 * DAY })
        const [from, to] = [placeOf(scale, scale.from), placeOf(scale, scale.to)]
        const px = (at: Instant) => ((placeOf(scale, at) - from) / (to - from)) * widthPx
        const splits = scaleSplits(jena, { scale, widthPx, spacePx: 58 }).map((split) => split * SECOND)
        for (const [index, split] of splits.slice(1).entries())
          expect(px(split) - px(splits[index]!)).toBeGreaterThanOrEqual(58 - 1e-6)
        for (const at of [scale.from, now - observed / 2, now, now + HOUR])
          expect(instantAt(scale, placeOf(scale, at))).toBeCloseTo(at, 0)
      }),
    )
  })

  it('time scale - a step of less than a minute is told by its seconds', () => {
    expect(timeLabel(jena, (START + 90 * SECOND) / SECOND, false)).toBe('05:01:30')
  })
})

describe('steady range', () => {
  const data = fc
    .tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.double({ min: 0, max: 60, noNaN: true }))
    .map(([min, span]): Range => ({ min, max: min + span }))

  it('steady range - the data is always within it, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1 }), (all) => {
        let range: Range | undefined
        for (const each of all) {
          range = steadyRange(range, each)
          expect(range.min).toBeLessThanOrEqual(each.min)
          expect(range.max).toBeGreaterThanOrEqual(each.max)
        }
      }),
    )
  })

  it('steady range - data that wanders a little does not move it', () => {
    const range = steadyRange(undefined, { min: -3.1, max: 12.4 })
    expect(steadyRange(range, { min: -2.6, max: 11.9 })).toEqual(range)
    expect(steadyRange(range, { min: -3.3, max: 12.0 })).toEqual(range)
  })

  it('steady range - it closes in again when the data has left most of it', () => {
    const wide = steadyRange(undefined, { min: -20, max: 30 })
    const narrow = steadyRange(wide, { min: 0, max: 8 })
    expect(narrow.max - narrow.min).toBeLessThan(15)
  })
})
