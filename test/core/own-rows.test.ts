import { expect, it } from 'vitest'
import { batchOfRows } from '../../src/core/own-rows.ts'
import { drawFeatures, emptyFeatureSamples, keepLesson } from '../../src/core/replay-samples.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import type { Taught } from '../../src/forecast/forecaster.ts'
import { slabRow } from '../../src/learn/slab.ts'

const ROWS = 3
const COLUMNS = 2

/** Rows and targets that tell the hour and their place. */
function lessonOf(hour: number): Taught {
  const targets = new Float32Array(LEADS).fill(Number.NaN)
  for (let row = 0; row < ROWS; row++) targets[row] = 100 * hour + row
  return {
    targets,
    rows: Array.from({ length: ROWS }, (_, row) => Float32Array.from([hour, row])),
  }
}

function samplesOf(hours: number, isTaught: (hour: number) => boolean = () => true) {
  const samples = emptyFeatureSamples(1, { measured: 1, experts: ['plain', 'own'] })
  for (let hour = 0; hour < hours; hour++) {
    const taught = new Map<string, Taught>([['plain', { targets: new Float32Array(LEADS).fill(hour) }]])
    if (isTaught(hour)) taught.set('own', lessonOf(hour))
    const example = { current: 0, features: new Float64Array(20), truth: new Float64Array(LEADS), row: -1 }
    keepLesson(samples, { example: { ...example, issuedAt: hour * HOUR }, taught })
  }
  return samples
}

it('own rows - a batch has all rows of each sample drawn, each beside its target, which is the first output', () => {
  const samples = samplesOf(50)
  const batch = drawFeatures(samples, 'own', {
    draw: { size: 8, recentShare: 0.25 },
    random: seededRandom(1),
    utcOffsetMinutes: 0,
  })!
  expect(batch.size).toBe(8 * ROWS)
  for (let index = 0; index < batch.size; index++) {
    const hour = batch.issuedAt[index]! / HOUR
    const row = index % ROWS
    expect([...batch.inputs.subarray(index * COLUMNS, (index + 1) * COLUMNS)]).toEqual([hour, row])
    const [first, ...others] = batch.truth.subarray(index * LEADS, (index + 1) * LEADS)
    expect(first).toBe(100 * hour + row)
    expect(others.every(Number.isNaN)).toBe(true)
  }
})

it('own rows - where there is nothing to teach, rows of an older sample in the slot are gone', () => {
  const samples = samplesOf(samplesOf(0).buffer.recentCapacity + 10, (hour) => hour < 20)
  const { own, targets } = samples.lessons['own']!
  expect([...slabRow(own!.inputs, 5)]).toEqual(new Array(ROWS * COLUMNS).fill(0))
  expect([...slabRow(own!.inputs, 15)].slice(0, 2)).toEqual([15, 0])
  const batch = batchOfRows({ own: own!, targets, issuedAt: samples.issuedAt }, [5])
  expect(batch.truth.every(Number.isNaN)).toBe(true)
})

it('own rows - of experts that have none nothing is kept', () => {
  expect(samplesOf(30).lessons['plain']).not.toHaveProperty('own')
  expect(samplesOf(30, () => false).lessons['own']).not.toHaveProperty('own')
})
