import { expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { withDerived } from '../../src/lab/derived.ts'
import { readSeries, type Series } from '../../src/lab/series.ts'
import { describeWithData } from '../support/real-data.ts'
import { madeUpSeries } from './series.ts'

/** A series with some of its channels alone. */
function only(series: Series, names: readonly string[]): Series {
  const width = series.channels.length
  const places = names.map((name) => series.channels.indexOf(name))
  const values = Float32Array.from(
    { length: series.rows * names.length },
    (_, at) => series.values[Math.floor(at / names.length) * width + places[at % names.length]!]!,
  )
  return { ...series, channels: names, target: names.indexOf('T (degC)'), values }
}

it('derived - a series that lacks what quantities are derived from stays as it is', () => {
  const series = madeUpSeries({ rows: 10 })
  expect(withDerived(series)).toBe(series)
})

describeWithData('jena_2020.csv', (path) => {
  it('derived - are what the station itself gives, to its rounding and a thousandth', async () => {
    const { name, station, rows } = await openTape({ data: path })
    const measured = await readSeries({ name, station, cadence: station.cadence, rows: rows() })
    const derived = withDerived(only(measured, ['p (mbar)', 'T (degC)', 'rh (%)', 'VPmax (mbar)']))
    expect(derived.target).toBe(1)
    const added = derived.channels.slice(4)
    expect(added).toHaveLength(6)
    for (const channel of added) {
      const [theirs, ours] = [measured, derived].map((series) => {
        const place = series.channels.indexOf(channel)
        const width = series.channels.length
        return Float64Array.from({ length: series.rows }, (_, row) => series.values[row * width + place]!)
      })
      const furthest = theirs!.reduce((most, value, row) => {
        const apart = Math.abs(value - ours![row]!)
        return Number.isNaN(apart) ? most : Math.max(most, apart - 0.0015 * Math.abs(value))
      }, 0)
      expect(furthest, channel).toBeLessThan(0.03)
    }
  })
})
