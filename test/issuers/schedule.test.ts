import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/domain/instant.ts'
import { waitAfter } from '../../src/issuers/schedule.ts'

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('issuer schedule', () => {
  it('issuer schedule - while all goes well it is asked no sooner than was said, and at most a twentieth later', () => {
    fc.assert(
      fc.property(unit, fc.integer({ min: MINUTE, max: DAY }), (drawn, every) => {
        const wait = waitAfter({ every, failing: 0 }, drawn)
        expect(wait).toBeGreaterThanOrEqual(every)
        expect(wait).toBeLessThanOrEqual(1.05 * every)
      }),
    )
  })

  it('issuer schedule - from failure to failure the wait doubles, with jitter, from a minute up to six hours', () => {
    const waits = [1, 2, 3, 10, 1000].map((failing) => waitAfter({ every: HOUR, failing }, 0.5))
    expect(waits).toEqual([MINUTE, 2 * MINUTE, 4 * MINUTE, 6 * HOUR, 6 * HOUR])
    expect([0, 0.999].map((drawn) => waitAfter({ every: HOUR, failing: 1 }, drawn) / MINUTE)).toEqual([
      0.75,
      expect.closeTo(1.25, 2),
    ])
  })

  it('issuer schedule - who asks for patience is given it: what it names, else the usual time, and a day at most', () => {
    const busy = { every: HOUR, failing: 1, isBusy: true }
    expect(waitAfter(busy, 0.5)).toBe(HOUR)
    expect(waitAfter({ ...busy, retryAfter: 3 * HOUR }, 0)).toBe(3 * HOUR)
    expect(waitAfter({ ...busy, retryAfter: 10 }, 0.5)).toBe(MINUTE)
    expect(waitAfter({ ...busy, retryAfter: 400 * DAY }, 0)).toBe(DAY)
  })
})
