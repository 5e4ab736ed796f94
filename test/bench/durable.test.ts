import { describe, expect, it } from 'vitest'
import { interleaved } from '../../bench/durable-rounds.ts'
import {
  bytesTable,
  latenciesTable,
  percentile,
  ratesTable,
  restartsTable,
  rowsOfPast,
} from '../../bench/durable-table.ts'

describe('durable bench', () => {
  it('durable bench - the ways take turns, and the first round is not counted', async () => {
    const order: string[] = []
    const way = (name: string) => ({
      name,
      measure: async () => ({
        perSecond: order.push(name),
        milliseconds: name === 'a' ? [order.length] : [],
      }),
    })
    const { rates, latencies } = await interleaved([way('a'), way('b')], { rounds: 2 })
    expect(order.join('')).toBe('abbaab')
    expect(rates).toEqual([
      { name: 'a', perSecond: [4, 5] },
      { name: 'b', perSecond: [3, 6] },
    ])
    expect(latencies).toEqual([{ name: 'a', milliseconds: [4, 5] }])
  })

  it('durable bench - a ratio is the median of those within a round, and no way has one to itself', () => {
    const table = ratesTable(
      [
        { name: 'keeping', perSecond: [100, 10, 30] },
        { name: 'bare', perSecond: [1000, 20, 60] },
      ],
      ['bare'],
    )
    expect(table.split('\n').slice(2)).toEqual([
      '| keeping | 30 | 10-100 | 0.50 |',
      '| bare | 60 | 20-1,000 |  |',
    ])
  })

  it('durable bench - a percentile is a value that was measured', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 99, 100])
    expect(percentile([7], 0.5)).toBe(7)
    expect(latenciesTable([{ name: 'bare', milliseconds: [1, 3, 2] }])).toContain(
      '| bare | 3 | 2.00 | 3.00 | 3.00 |',
    )
  })

  it('durable bench - a restart tells medians with the least and the most', () => {
    const line = {
      past: '1 year',
      stateBytes: 18.3e6,
      folderBytes: 140e6,
      ready: [3, 1, 2],
      there: [30, 10, 50],
    }
    expect(restartsTable([line], 'there')).toContain('| 1 year | 18.3 | 140 | 2 | 1-3 | 30 | 10-50 |')
  })

  it('durable bench - what was published grows by the year, checkpoints do not', () => {
    const table = bytesTable(
      [
        { name: 'readings', rows: 1000, bytes: 2e6 },
        { name: 'checkpoints', rows: 2, bytes: 20e6 },
        { name: 'journal', rows: 0, bytes: 0 },
      ],
      365.25 / 2,
    )
    expect(table.split('\n').slice(2)).toEqual([
      '| readings | 1,000 | 2,000 | 2.0 | 4.0 |',
      '| checkpoints | 2 | 10,000,000 | 20.0 |  |',
      '| journal | 0 |  | 0.0 |  |',
      '| what was published |  |  | 2.0 | 4.0 |',
    ])
  })

  it('durable bench - the longest past leaves rows to be lived after it', () => {
    expect(rowsOfPast(30, { all: 1000, left: 100 })).toBe(720)
    expect(rowsOfPast(300, { all: 1000, left: 100 })).toBe(900)
  })
})
