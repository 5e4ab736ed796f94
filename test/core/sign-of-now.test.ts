import { serialize } from 'node:v8'
import { expect, it } from 'vitest'
import { readState } from '../../src/core/state-codec.ts'
import { stationModel } from '../../src/core/station-model.ts'
import { LEADS } from '../../src/domain/forecast.ts'
import { HOUR } from '../../src/domain/instant.ts'
import { seededRandom } from '../../src/domain/random.ts'
import { emptyErrorSize, expectedSize, learnSize, SIGNS } from '../../src/forecast/error-size.ts'
import { persistence } from '../../src/forecast/persistence.ts'
import { stationOf } from '../forecast/series.ts'

const DESCRIPTION = { station: 'garden' }

/** Rows of four as they were when there were three. */
const three = (rows: Float64Array, of: number): Float64Array => rows.filter((_, place) => place % of < of - 1)

it('state - what was learnt of the size of errors from three signs goes on beside the fourth', () => {
  const random = seededRandom(3)
  const size = emptyErrorSize()
  const signs = new Float64Array(LEADS * SIGNS)
  for (let error = 0; error < 800; error++) {
    // As it was of what may be below zero: nothing is told of the newest measurement.
    for (let place = 0; place < signs.length; place++) signs[place] = place % SIGNS < 3 ? random.unit() : 0
    for (let lead = 0; lead < LEADS; lead++)
      learnSize(size, lead, { error: Math.exp(signs[lead * SIGNS]!), ofHour: 1, signs })
  }
  const { state, older } = writtenWith(size, signs)
  const read = readState(older, DESCRIPTION)
  expect(read.ensemble.intervals.size!.weights).toEqual(size.weights)
  for (let lead = 0; lead < LEADS; lead++) {
    const expected = expectedSize(size, signs, lead)
    expect(expected).not.toBe(1)
    const now = read.truths.issues[0]!.forecast!.taken!.signs
    expect(now).toHaveLength(LEADS * SIGNS)
    expect([...now.subarray(lead * SIGNS, lead * SIGNS + 3)]).toEqual([
      ...signs.subarray(lead * SIGNS, lead * SIGNS + 3),
    ])
    // As high as what was forecast.
    expect(now[lead * SIGNS + 3]).toBe(signs[lead * SIGNS + 2])
    expect(expectedSize(read.ensemble.intervals.size!, now, lead)).toBeCloseTo(expected, 12)
    learnSize(read.ensemble.intervals.size!, lead, { error: 1, ofHour: 1, signs: now })
    expect(expectedSize(read.ensemble.intervals.size!, now, lead)).toBeGreaterThan(0)
  }
  expect({ ...read, truths: undefined, ensemble: undefined }).toEqual({
    ...{ ...state, truths: undefined, ensemble: undefined },
  })
})

function writtenWith(size: ReturnType<typeof emptyErrorSize>, signs: Float64Array) {
  const state = stationModel({
    station: stationOf(),
    ...{ lateness: 0, maxBridge: 3 * HOUR, issueEvery: HOUR, window: undefined, trained: [], seed: 1 },
    experts: [persistence()],
  }).initial()
  const perLead = new Float64Array(LEADS)
  const columns = SIGNS + 1
  const inverse = three(
    size.inverse.filter((_, place) => place % columns ** 2 < columns * (columns - 1)),
    columns,
  )
  const was = {
    ...size,
    middle: three(size.middle, SIGNS),
    weights: three(size.weights, columns),
    inverse,
  }
  const taken = { experts: new Map(), middle: perLead, lasting: perLead, recent: perLead }
  const forecast = {
    ...{ issuedAt: 0, model: 'mixture', mean: perLead, quantiles: [], models: new Map(), weights: new Map() },
    taken: { ...taken, signs: three(signs, SIGNS) },
  }
  const older = {
    ...state,
    truths: { ...state.truths, issues: [{ issuedAt: 0, forecast, example: undefined, truth: perLead }] },
    ensemble: { ...state.ensemble, intervals: { ...state.ensemble.intervals, size: was } },
  }
  const written = { format: 'tickcast station state', version: 3, model: DESCRIPTION, state: older }
  return { state, older: serialize(written) }
}
