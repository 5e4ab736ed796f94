import { expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { runBacktest } from '../../src/commands/backtest.ts'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'
import { describeWithData } from '../support/real-data.ts'
import { FLAGS, ignored } from './backtest-run.ts'

const STATION = `
id: price
time: { column: time, format: "yyyy-MM-dd HH:mm:ss", utc_offset: "+00:00" }
cadence: 1h
health: off
target: price
channels: [{ column: price, unit: EUR/MWh, min: -500, max: 3000 }]
outside:
  - { issuer: dnn, valid_at: time, issued_day_before_at: "23:00" }
  - { issuer: lear, valid_at: time, issued_day_before_at: "23:00" }
`

const files = temporaryFolder()

describeWithData('outside/price_forecasts_DE.csv.gz', (data) => {
  it('outside, day-ahead prices - each issuer has the error it is known for, and the mixture a smaller one than the mean of both', async () => {
    const tape = await openTape({ data, outside: data, station: await files.write('price.yaml', STATION) })
    const { cell: _, units: __, ...flags } = FLAGS
    const errors = new Map<string, number[]>()
    const add = (name: string, error: number): void => {
      const each = errors.get(name) ?? []
      errors.set(name, each)
      each.push(Math.abs(error))
    }
    await runBacktest(tape, {
      flags: {
        ...flags,
        experts: ['persistence', 'seasonal_naive', 'outside'],
        until: tape.first + 200 * DAY,
      },
      terminal: ignored,
      onClosed: (closed) => {
        for (const { forecast, truth } of closed) {
          if (forecast.issuedAt % DAY !== 23 * HOUR) continue
          const [dnn, lear] = ['dnn', 'lear'].map((issuer) => forecast.models.get(`outside_${issuer}`)!)
          for (const [lead, came] of truth.entries()) {
            add('mixture', forecast.mean[lead]! - came)
            add('dnn', dnn![lead]! - came)
            add('mean of both', (dnn![lead]! + lear![lead]!) / 2 - came)
          }
        }
      },
    })
    const mae = (name: string) => {
      const each = errors.get(name)!
      return each.reduce((sum, error) => sum + error, 0) / each.length
    }
    expect(errors.get('mixture')!.length).toBeGreaterThan(195 * 24)
    expect(mae('dnn')).toBeCloseTo(2.691, 2)
    expect(mae('mixture')).toBeLessThan(0.98 * mae('mean of both'))
  })
})
