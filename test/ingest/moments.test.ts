import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import type { Reading } from '../../src/domain/reading.ts'
import { order } from '../../src/ingest/order.ts'

const NONE = Number.NaN
const CADENCE = 5 * MINUTE
const START = Date.UTC(2026, 10, 22)

function part(minute: number, values: readonly number[], session?: string): Reading {
  const mark = session !== undefined && { replay: { session, speed: 1, paused: false } }
  const eventTime = START + minute * MINUTE
  return { eventTime, ingestTime: eventTime, values: new Float64Array(values), bridged: false, ...mark }
}

/** '5: 1,2' is a reading at minute 5; 'merged 5', 'duplicate 5' say what became of a part. */
function outputs(readings: readonly Reading[], lateness = 0): string[] {
  const fold = order({ cadence: CADENCE, lateness })
  let state = fold.initial()
  const all = readings.flatMap((reading) => {
    const next = fold.step(structuredClone(state), reading)
    state = next.state
    return next.output
  })
  return [...all, ...fold.flush(state).output].flatMap((arrival) => {
    if (arrival.kind === 'session') return arrival.again ? ['again'] : []
    const minute = (arrival.reading.eventTime - START) / MINUTE
    if (arrival.kind === 'reading') return `${minute}: ${arrival.reading.values.join(',')}`
    return arrival.kind === 'merged' ? `merged ${minute}` : `${arrival.rejection.reason} ${minute}`
  })
}

describe('moments', () => {
  it('moments - of a tape the parts of every moment are one reading, however many there are', () => {
    const parts = [0, 5, 10].flatMap((minute) => [
      part(minute, [NONE, NONE, 9], 'a'),
      part(minute, [NONE, 2, NONE], 'a'),
      part(minute, [1, NONE, NONE], 'a'),
    ])
    expect(outputs(parts).filter((each) => !each.startsWith('merged'))).toEqual([
      '0: 1,2,9',
      '5: 1,2,9',
      '10: 1,2,9',
    ])
  })

  it('moments - live, the first one is shown at once and comes again with each further part, later ones come whole', () => {
    const parts = [0, 5, 10].flatMap((minute) => [
      part(minute, [NONE, 2, NONE]),
      part(minute, [1, NONE, NONE]),
      part(minute, [NONE, NONE, 9]),
    ])
    expect(outputs(parts)).toEqual([
      ...['0: NaN,2,NaN', 'again', '0: 1,2,NaN', 'again', '0: 1,2,9'],
      ...['merged 5', 'merged 5', '5: 1,2,9', 'merged 10', 'merged 10', '10: 1,2,9'],
    ])
  })

  it('moments - behind the first one parts in another order are waited for as well', () => {
    const parts = [part(0, [NONE, 2]), part(0, [1, NONE]), part(5, [1, NONE]), part(5, [NONE, 3])]
    expect(outputs(parts)).toEqual(['0: NaN,2', 'again', '0: 1,2', 'merged 5', '5: 1,3'])
  })

  it('moments - the first one does not come again for what says the same, or otherwise', () => {
    expect(outputs([part(0, [1, NONE]), part(0, [1, NONE]), part(0, [3, 2]), part(5, [1, NONE])])).toEqual([
      ...['0: 1,NaN', 'duplicate 0', 'contradiction 0', '5: 1,NaN'],
    ])
  })

  it('moments - a station that always lacks a channel is not waited for', () => {
    const fold = order({ cadence: CADENCE })
    let state = fold.initial()
    for (const minute of [0, 5, 10]) {
      const next = fold.step(state, part(minute, [1, NONE]))
      state = next.state
      expect(next.output).toHaveLength(1)
    }
  })

  it('moments - a part that does not come holds its moment until the next one, and after a while no more', () => {
    const whole = [0, 5].flatMap((minute) => [part(minute, [NONE, 2]), part(minute, [1, NONE])])
    const fold = order({ cadence: CADENCE })
    let state = fold.initial()
    for (const reading of whole) state = fold.step(state, reading).state
    const counts = Array.from({ length: 12 }, (_, index) => {
      const next = fold.step(state, part(10 + 5 * index, [NONE, 2]))
      state = next.state
      return next.output.length
    })
    expect(counts[0]).toBe(0)
    expect(counts.slice(1, 4)).toEqual([1, 1, 1])
    expect(counts.at(-1)).toBe(1)
    expect(state.held).toEqual([])
  })

  it('moments - the same again is a duplicate, another value a contradiction, held or released', () => {
    expect(outputs([part(0, [1, 2]), part(0, [1, 2]), part(0, [1, 3]), part(5, [1, 2])])).toEqual([
      '0: 1,2',
      'duplicate 0',
      'contradiction 0',
      '5: 1,2',
    ])
    const held = [part(0, [1, 2]), part(0, [4, NONE]), part(5, [1, 2])]
    expect(outputs(held, 10 * MINUTE)).toEqual(['contradiction 0', '0: 1,2', '5: 1,2'])
  })
})
