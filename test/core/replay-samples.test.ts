import { describe, expect, it } from 'vitest'
import { appendRow, emptyHistory } from '../../src/core/history.ts'
import {
  drawFeatures,
  drawLookbacks,
  dropForgotten,
  emptyFeatureSamples,
  emptyLookbackSamples,
  keepLesson,
  keepLookback,
} from '../../src/core/replay-samples.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { truthRule } from '../../src/domain/measurement-rule.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { CLOCK_COLUMNS, writeClock } from '../../src/forecast/features/clock-columns.ts'
import { stored } from '../forecast/stored.ts'

const WINDOW = { steps: 2, stride: 3, cadence: HOUR }
const DRAW = { size: 64, recentShare: 0.25 }

/** Hourly rows of their own numbers, and a sample at each of them that has a whole window. */
function lookbacks(rows: number, { most = 1e6 } = {}) {
  const history = emptyHistory(1)
  const samples = emptyLookbackSamples(1)
  for (let row = 0; row < rows; row++) {
    if (appendRow(history, { time: row * HOUR, measured: row, inputs: [row] }, most))
      dropForgotten(samples, history, WINDOW)
    if (row >= 3) keepLookback(samples, { row, issuedAt: row * HOUR })
  }
  return { history, samples }
}

function drawn({ history, samples }: ReturnType<typeof lookbacks>, draw = DRAW, seed = 3) {
  const random = seededRandom(seed)
  return drawLookbacks(samples, history, { draw, random, window: WINDOW, rule: truthRule({ cadence: HOUR }) })
}

describe('lookback samples', () => {
  it('lookback samples - the parts of a batch belong together: lookback, base, issue time and truth are of one sample', () => {
    const batch = drawn(lookbacks(500))!
    expect(batch.size).toBe(64)
    expect(new Set(batch.base).size).toBeGreaterThan(40)
    batch.base.forEach((row, index) => {
      expect(batch.issuedAt[index]).toBe(row * HOUR)
      expect([...batch.inputs.slice(2 * index, 2 * index + 2)]).toEqual([row - 3, row])
      expect(batch.truth[index * LEADS]).toBe(row + 1 < 500 ? row + 1 : Number.NaN)
    })
  })

  it('lookback samples - the recent share of a batch is of the last 60 days', () => {
    const rows = 365 * 24
    const batch = drawn(lookbacks(rows), { size: 400, recentShare: 0.5 })!
    const isRecent = (issuedAt: number): boolean => issuedAt >= (rows - 1) * HOUR - 60 * DAY
    expect(batch.issuedAt.slice(0, 200).every(isRecent)).toBe(true)
    expect(batch.issuedAt.slice(200).filter(isRecent).length).toBeLessThan(80)
  })

  it('lookback samples - none is drawn whose window the history has let go of', () => {
    const state = lookbacks(9000, { most: 100 })
    const { history } = state
    expect(history.first).toBeGreaterThan(8000)
    const batch = drawn(state, { size: 2000, recentShare: 0.5 })!
    expect(Math.min(...batch.base)).toBeGreaterThanOrEqual(history.first + 3)
    batch.base.forEach((row, index) => {
      expect([...batch.inputs.slice(2 * index, 2 * index + 2)]).toEqual([row - 3, row])
    })
  })

  it('lookback samples - all that were kept are counted, with the time of the first', () => {
    expect(lookbacks(100).samples.count).toEqual({ samples: 97, first: 3 * HOUR })
    expect(emptyLookbackSamples(1).count).toEqual({ samples: 0, first: undefined })
    expect(drawn(lookbacks(3))).toBeUndefined()
  })

  it('lookback samples - a state that was written out gives the same batches and keeps the same samples', () => {
    const one = lookbacks(300)
    const other = stored(one)
    for (let row = 300; row < 400; row++) {
      for (const { history, samples } of [one, other]) {
        appendRow(history, { time: row * HOUR, measured: row, inputs: [row] }, 1e6)
        keepLookback(samples, { row, issuedAt: row * HOUR })
      }
    }
    expect(other).toEqual(one)
    expect(drawn(other)).toEqual(drawn(one))
  })
})

/** Two measured columns, and those of the clock. */
function featuresAt(hour: number): Float64Array {
  const features = new Float64Array(2 + CLOCK_COLUMNS)
  features.set([hour, 2 * hour])
  writeClock(hour * HOUR, 60, { into: features, offset: 2 })
  return features
}

/** Two experts taught hour by hour, with the hour and its negation; the second one from hour 50 on. */
function lessons(hours: number) {
  const samples = emptyFeatureSamples(1, { measured: 2, experts: ['early', 'late'] })
  for (let hour = 0; hour < hours; hour++) {
    const truth = new Float64Array(LEADS).fill(hour)
    const features = featuresAt(hour)
    const taught = new Map([['early', { targets: new Float32Array(LEADS).fill(hour) }]])
    if (hour >= 50) taught.set('late', { targets: new Float32Array(LEADS).fill(-hour) })
    keepLesson(samples, {
      example: { issuedAt: hour * HOUR, current: hour, features, truth, row: -1 },
      taught,
    })
  }
  return samples
}

describe('feature samples', () => {
  it('feature samples - the parts of a batch belong together: features, issue time and what an expert is taught', () => {
    for (const [expert, sign] of [
      ['early', 1],
      ['late', -1],
    ] as const) {
      const batch = drawFeatures(lessons(100), expert, {
        draw: DRAW,
        random: seededRandom(1),
        utcOffsetMinutes: 60,
      })!
      batch.issuedAt.forEach((issuedAt, index) => {
        const hour = issuedAt / HOUR
        const columns = 2 + CLOCK_COLUMNS
        expect(batch.inputs.slice(index * columns, (index + 1) * columns)).toEqual(
          Float32Array.from(featuresAt(hour)),
        )
        expect(new Set(batch.truth.slice(index * LEADS, (index + 1) * LEADS))).toEqual(new Set([sign * hour]))
      })
    }
  })

  it('feature samples - each expert counts what it can be taught, and is given nothing else', () => {
    const samples = lessons(100)
    expect(samples.lessons['early']!.count).toEqual({ samples: 100, first: 0 })
    expect(samples.lessons['late']!.count).toEqual({ samples: 50, first: 50 * HOUR })
    const { issuedAt } = drawFeatures(samples, 'late', {
      draw: DRAW,
      random: seededRandom(2),
      utcOffsetMinutes: 60,
    })!
    expect(Math.min(...issuedAt)).toBeGreaterThanOrEqual(50 * HOUR)
  })

  it('feature samples - an example that teaches nobody is not kept', () => {
    const samples = lessons(10)
    const before = stored(samples)
    const example = {
      issuedAt: DAY,
      current: 1,
      features: new Float64Array(2),
      truth: new Float64Array(LEADS),
      row: -1,
    }
    keepLesson(samples, { example, taught: new Map() })
    expect(samples).toEqual(before)
  })

  it('feature samples - a batch is a copy: to write to it changes nothing that is kept', () => {
    const samples = lessons(30)
    const before = stored(samples)
    const batch = drawFeatures(samples, 'early', {
      draw: DRAW,
      random: seededRandom(1),
      utcOffsetMinutes: 60,
    })!
    for (const array of [batch.inputs, batch.truth]) array.fill(Number.NaN)
    expect(samples).toEqual(before)
  })
})
