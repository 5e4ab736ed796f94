import { expect, it } from 'vitest'
import { HOUR } from '../../src/domain/instant.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { chain } from '../forecast/chain.ts'
import { readingOf, START, stationOf } from '../forecast/series.ts'

it('ensemble - neither a mean, nor an expert, nor a quantile leaves the limits of the channel', () => {
  const station = stationOf({ limits: { min: 0, max: 10 } })
  const saying = (name: string, value: number): Forecaster => ({
    ...{ name, initial: () => ({}), observe: () => {} },
    predict: () => new Float64Array(24).fill(value),
  })
  const { live } = chain(station, [saying('low', -5), saying('high', 50), saying('within', 4)])
  for (let hour = 0; hour < 300; hour++) {
    const { forecast } = live(readingOf(START + hour * HOUR, hour % 10))
    const said = [...forecast!.models.values(), forecast!.mean, ...forecast!.quantiles]
    expect(said.flatMap((values) => [...values]).filter((value) => !(value >= 0 && value <= 10))).toEqual([])
    expect(forecast!.models.get('low')![0]).toBe(0)
    expect(forecast!.models.get('high')![0]).toBe(10)
  }
})
