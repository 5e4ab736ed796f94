import { describe, expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'

const files = temporaryFolder()
const START = Date.UTC(2020, 0, 1)
const stamp = (hour: number) => formatInstant(START + hour * HOUR)

const STATION = `
id: price
time: { column: time, utc_offset: "+00:00" }
cadence: 1h
target: price
channels: [{ column: price, unit: EUR, min: -500, max: 3000 }]
outside:
  - { issuer: dnn, issued_at: run, lead_hours: h }
  - { issuer: lear, issued_at: run, lead_hours: h, available_after: 2h }
`

async function tapeOf(hours: readonly number[]) {
  const station = await files.write('price.yaml', STATION)
  const data = await files.write(
    'price.csv',
    ['time,price', ...hours.map((hour) => `${stamp(hour)},${hour}`)].join('\n'),
  )
  const runs = [-1, 3, 4, 90].flatMap((run) => [1, 2].map((lead) => `${stamp(run)},${lead},${run},${run}`))
  const outside = await files.write('outside.csv', ['run,h,dnn,lear', ...runs].join('\n'))
  return openTape({ data, station, outside })
}

async function toldBy(tape: Awaited<ReturnType<typeof tapeOf>>, from?: number): Promise<string[]> {
  const told: string[] = []
  for await (const batch of tape.rows(from === undefined ? {} : { from: START + from * HOUR })) {
    for (const { outside, eventTime } of batch) {
      const hour = ((eventTime ?? 0) - START) / HOUR
      told.push(outside ? `${outside.issuer} ${hour}` : `${hour}`)
    }
  }
  return told
}

describe('outside tape', () => {
  it('outside tape - of issuers and neighbours that no file is given of it notes that they say nothing', async () => {
    const station = await files.write('alone.yaml', `${STATION}neighbours: [lake]\n`)
    const data = await files.write('alone.csv', `time,price\n${stamp(0)},1\n${stamp(1)},2\n`)
    const { notes } = await openTape({ data, station })
    expect(notes).toEqual([
      'outside dnn: no --outside has its forecasts, so it says nothing',
      'outside lear: no --outside has its forecasts, so it says nothing',
      'neighbour lake: no --neighbour has its readings, so it says nothing',
    ])
    expect((await tapeOf([0, 1])).notes.join()).not.toContain('says nothing')
  })

  it('outside tape - each forecast comes right ahead of the first row at which it could be had, and none after the last', async () => {
    const tape = await tapeOf([0, 1, 2, 3, 4, 5, 6, 7])
    const expected = [
      'dnn -1',
      '0',
      'lear 1',
      '1',
      '2',
      'dnn 3',
      '3',
      'dnn 4',
      '4',
      'lear 5',
      '5',
      'lear 6',
      '6',
      '7',
    ]
    expect(tape.name).toBe('price.csv with outside.csv')
    expect(await toldBy(tape)).toEqual(expected)
    expect(await toldBy(tape)).toEqual(expected)
    expect(await toldBy(tape, 4)).toEqual(expected.slice(expected.indexOf('dnn 4')))
  })

  it('outside tape - one stamp far ahead of its neighbours lets nothing out early', async () => {
    expect(await toldBy(await tapeOf([0, 1, 2, 900, 3, 4]))).toEqual([
      ...['dnn -1', '0', 'lear 1', '1', '2', 'dnn 3', '900', '3', 'dnn 4', '4'],
    ])
  })

  it('outside tape - of several tables each issuer is read from those that have its columns', async () => {
    const station = await files.write('price.yaml', STATION)
    const hours = Array.from({ length: 8 }, (_, hour) => `${stamp(hour)},${hour}`)
    const data = await files.write('price.csv', ['time,price', ...hours].join('\n'))
    const table = (name: string, issuer: string, runs: readonly number[]) =>
      files.write(
        `${name}.csv`,
        [`run,h,${issuer}`, ...runs.map((run) => `${stamp(run)},1,${run}`)].join('\n'),
      )
    const dnn = await table('dnn', 'dnn', [3])
    const later = await table('later', 'dnn', [5])
    const lear = await table('lear', 'lear', [1])
    const tape = await openTape({ data, station, outside: [dnn, lear, later] })
    expect(tape.name).toBe('price.csv with dnn.csv, lear.csv, later.csv')
    expect(tape.notes).toContain('lear.csv: forecasts of lear')
    expect((await toldBy(tape)).filter((row) => row.includes(' '))).toEqual(['dnn 3', 'lear 3', 'dnn 5'])
    await expect(openTape({ data, station, outside: [dnn, later] })).rejects.toThrow(
      "no column 'lear' of 'lear'",
    )
    const other = await table('other', 'someone', [3])
    await expect(openTape({ data, station, outside: [dnn, lear, other] })).rejects.toThrow(
      /other.csv.*no column 'dnn' of 'dnn'; found 'run', 'h', 'someone'/,
    )
  })

  it('outside tape - without issuers in the station file, or without --data, it says what is missing', async () => {
    const data = await files.write('bare.csv', `time,price\n${stamp(0)},1\n${stamp(1)},1`)
    const station = await files.write('bare.yaml', STATION.slice(0, STATION.indexOf('outside:')))
    await expect(openTape({ data, station, outside: data })).rejects.toThrow('the station names no issuers')
  })
})
