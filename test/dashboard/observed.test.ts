import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appended, merged, OBSERVED_SPAN, type ObservedPoint } from '../../src/dashboard/observed.ts'
import { HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'

const point = (time: number): ObservedPoint => ({ time, value: 1, bridged: false })
const points = fc
  .array(fc.integer({ min: 0, max: 400 * 60 }), { maxLength: 200 })
  .map((minutes) => [...new Set(minutes)].sort((a, b) => a - b).map((at) => point(at * MINUTE)))

describe('observed line', () => {
  it('observed line - however it grew, times ascend within three days of the newest', () => {
    fc.assert(
      fc.property(points, points, (some, others) => {
        const line = others.reduce(appended, merged(some, []))
        const times = line.map(({ time }) => time)
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
        const newest = times.at(-1) ?? 0
        expect(times.every((time) => time >= newest - OBSERVED_SPAN)).toBe(true)
      }),
    )
  })

  it('observed line - merging two halves of a line gives the line, whichever comes first', () => {
    fc.assert(
      fc.property(points, fc.func(fc.boolean()), (all, inFirst) => {
        const first = all.filter((p) => inFirst(p.time))
        const second = all.filter((p) => !inFirst(p.time))
        expect(merged(first, second)).toEqual(merged(all, []))
        expect(merged(second, first)).toEqual(merged(all, []))
      }),
    )
  })

  it('observed line - a station that ticks every second keeps about a point a minute, the newest among them', () => {
    let line: readonly ObservedPoint[] = []
    for (let second = 0; second <= 7200; second++) line = appended(line, point(second * SECOND))
    expect(line.length).toBeLessThan(1.1 * 2 * 60)
    expect(line.at(-1)?.time).toBe(2 * HOUR)
  })
})
