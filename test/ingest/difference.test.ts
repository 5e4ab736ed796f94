import { describe, expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import type { Channel, Difference } from '../../src/domain/station.ts'
import { differences } from '../../src/ingest/difference.ts'

/** The increases of counts an hour apart, or at the hours given; the reason where one is not known. */
function increases(
  counts: readonly number[],
  {
    difference = {},
    hours = counts.map((_, hour) => hour),
    max = 5000,
    min = 0,
  }: {
    readonly difference?: Difference
    readonly hours?: readonly number[]
    readonly max?: number
    readonly min?: number
  } = {},
): (number | string)[] {
  const channel: Channel = {
    name: 'use',
    column: 'total',
    unit: 'Wh',
    limits: { min, max },
    sentinels: [],
    difference,
  }
  const fold = differences([channel], HOUR)!
  const counters = fold.initial()
  return counts.map((count, index) => {
    const values = new Float64Array([count])
    const arrival = fold.step(counters, {
      eventTime: hours[index]! * HOUR,
      ingestTime: 0,
      values,
      bridged: false,
    })
    if (arrival.kind === 'reading') return arrival.reading.values[0]!
    return arrival.kind === 'rejected' ? arrival.rejection.reason : arrival.kind
  })
}

describe('difference', () => {
  it('difference - a count becomes its increase, of the first none is known', () => {
    expect(increases([838140.2, 838308, 838478.5])).toEqual(['no_difference', 167.8, 170.5])
  })

  it('difference - at an overflow that is declared it goes on, where that makes a good increase', () => {
    const difference = { overflow: 838860.7 }
    expect(increases([838695.9, 79.4, 350.8], { difference })).toEqual(['no_difference', 244.2, 271.4])
    expect(increases([41202.4, 0, 205.6], { difference })).toEqual(['no_difference', 'no_difference', 205.6])
  })

  it('difference - after a reset nothing is known of the interval, unless it counts from zero', () => {
    expect(increases([900, 30, 70])).toEqual(['no_difference', 'no_difference', 40])
    expect(increases([900, 30, 70], { difference: { reset: 'zero' } })).toEqual(['no_difference', 30, 40])
  })

  it('difference - behind a gap it is unknown, or spread over the time', () => {
    const hours = [0, 1, 4, 5]
    expect(increases([0, 10, 40, 50], { hours })).toEqual(['no_difference', 10, 'no_difference', 10])
    expect(increases([0, 10, 40, 50], { hours, difference: { per: '1h' } })).toEqual([
      'no_difference',
      10,
      10,
      10,
    ])
  })

  it('difference - limits are those of the increase; one that may fall falls', () => {
    expect(increases([0, 6000, 6001])).toEqual(['no_difference', 'out_of_limits', 1])
    expect(increases([10, 7], { min: -100 })).toEqual(['no_difference', -3])
  })
})
