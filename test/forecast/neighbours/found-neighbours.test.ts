import { describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../../src/domain/instant.ts'
import { seededRandom } from '../../../src/domain/random.ts'
import { findNeighbours, nobodyFound } from '../../../src/forecast/neighbours/found-neighbours.ts'
import {
  correlate,
  emptyCorrelation,
  type LaggedCorrelation,
  leadOf,
} from '../../../src/forecast/neighbours/lagged-correlation.ts'
import { addPair } from '../../../src/forecast/neighbours/paired-errors.ts'
import { emptyRing, keepHour } from '../../../src/forecast/outside/hourly-ring.ts'

const START = Date.UTC(2020, 0, 1)
const HOURS = 100 * 24

/** Weather that comes to ours `lag` hours after theirs; negative: before. */
function correlationAt(lag: number, { shared = 1 } = {}): LaggedCorrelation {
  const random = seededRandom(3)
  const drifting = (): Float64Array => {
    let drift = 0
    return Float64Array.from({ length: HOURS + 200 }, () => {
      drift = 0.95 * drift + random.unit() - 0.5
      return drift
    })
  }
  const [weather, other] = [drifting(), drifting()]
  const [own, theirs] = [emptyRing(), emptyRing()]
  const sums = emptyCorrelation()
  for (let hour = 0; hour < HOURS; hour++) {
    const now = START + hour * HOUR
    keepHour(theirs, now, shared * weather[hour + 100]! + (1 - shared) * other[hour]!)
    keepHour(own, now, weather[hour + 100 - lag]!)
    correlate(sums, { own, theirs, now })
  }
  return sums
}

const station = (correlation: LaggedCorrelation) => ({ correlation })

describe('found neighbours', () => {
  it('found neighbours - the lag is that of the weather, and one that comes later does not lead', () => {
    const ahead = leadOf(correlationAt(21))!
    expect([ahead.lag, ahead.isAhead]).toEqual([21, true])
    expect(ahead.correlation).toBeCloseTo(1, 6)
    expect(leadOf(correlationAt(-12))?.isAhead).toBe(false)
    expect(leadOf(correlationAt(0))).toMatchObject({ lag: 0, isAhead: false })
    expect(leadOf(correlationAt(21, { shared: 0 }))?.isAhead).toBe(false)
    expect(leadOf(emptyCorrelation())).toBeUndefined()
  })

  it('found neighbours - places go to those that lead, the most alike first, and no other', () => {
    const found = nobodyFound()
    const stations = {
      behind: station(correlationAt(-12)),
      some: station(correlationAt(20, { shared: 0.6 })),
      most: station(correlationAt(15)),
      least: station(correlationAt(9, { shared: 0.5 })),
    }
    findNeighbours(found, { stations, together: {}, now: START })
    expect(Object.entries(found.places).map(([place, { station }]) => [place, station])).toEqual([
      ['first', 'most'],
      ['second', 'some'],
    ])
  })

  it('found neighbours - one that has helped at no lead over 60 days leaves after 120, and is barred for 180', () => {
    const found = nobodyFound()
    const stations = { most: station(correlationAt(15)) }
    const at = (day: number, withIt: number): string | undefined => {
      const now = START + day * DAY
      const errors = found.places['first']?.errors
      for (let leadIndex = 0; errors && leadIndex < 24; leadIndex++)
        addPair(errors, { time: now, leadIndex, withIt, without: 1 })
      findNeighbours(found, { stations, together: {}, now })
      return found.places['first']?.station
    }
    const stood = Array.from({ length: 310 }, (_, day) => at(day, 1.1))
    expect(stood.indexOf(undefined)).toBe(120)
    expect(stood.indexOf('most', 120)).toBe(300)
    for (let day = 310; day < 500; day++) at(day, 0.9)
    expect(found.places['first']?.station).toBe('most')
  })

  it("found neighbours - another one's regrets are not gone on with", () => {
    const found = nobodyFound()
    const regret = { regret: new Float64Array(24), squares: new Float64Array(24) }
    const together = { first_neighbour: regret, without_neighbours: regret }
    findNeighbours(found, { stations: { most: station(correlationAt(15)) }, together, now: START })
    expect(Object.keys(together)).toEqual(['without_neighbours'])
  })
})
