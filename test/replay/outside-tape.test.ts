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
    expect(tape.name).toBe('price.csv with dnn.csv, later.csv, lear.csv')
    expect(tape.notes).toContain('lear.csv: forecasts of lear')
    expect((await toldBy(tape)).filter((row) => row.includes(' '))).toEqual(['dnn 3', 'lear 3', 'dnn 5'])
    const turned = await openTape({ data, station, outside: [later, lear, dnn] })
    expect([turned.name, await toldBy(turned)]).toEqual([tape.name, await toldBy(tape)])
    await expect(openTape({ data, station, outside: [dnn, later] })).rejects.toThrow(
      /none has 'lear', 'run', 'h' of 'lear'; dnn.csv has 'run', 'h', 'dnn'; later.csv has/,
    )
    const other = await table('other', 'someone', [3])
    await expect(openTape({ data, station, outside: [dnn, lear, other] })).rejects.toThrow(
      "other.csv: it has the columns of none of 'dnn', 'lear'; found 'run', 'h', 'someone'",
    )
    await expect(openTape({ data, station, outside: dnn })).rejects.toThrow(
      "dnn.csv: no column 'lear' of 'lear'; found 'run', 'h', 'dnn'",
    )
  })

  it('outside tape - what two tables say of one issue is one forecast, and refused where they differ', async () => {
    const station = await files.write('one.yaml', STATION.split('\n').slice(0, -2).join('\n'))
    const data = await files.write('one.csv', `time,price\n${stamp(0)},1\n${stamp(1)},2\n`)
    const table = (name: string, rows: readonly string[]) =>
      files.write(`${name}.csv`, ['run,h,dnn', ...rows.map((row) => `${stamp(0)},${row}`)].join('\n'))
    const near = await table('near', ['1,10', '2,11'])
    const far = await table('far', ['2,11', '3,12'])
    const said: unknown[] = []
    for await (const batch of (await openTape({ data, station, outside: [far, near] })).rows())
      for (const { outside } of batch) if (outside) said.push(outside.leads.map(({ mean }) => mean))
    expect(said).toEqual([[10, 11, 12]])
    const otherwise = await table('otherwise', ['2,13'])
    await expect(openTape({ data, station, outside: [near, otherwise] })).rejects.toThrow(
      /otherwise.csv:2\/dnn: of what 'dnn' issued at 2020-01-01T00:00:00Z it has 13 at \+2 h, and near.csv:2\/dnn has 11; expected the same/,
    )
  })

  it('outside tape - without issuers in the station file, or without --data, it says what is missing', async () => {
    const data = await files.write('bare.csv', `time,price\n${stamp(0)},1\n${stamp(1)},1`)
    const station = await files.write('bare.yaml', STATION.slice(0, STATION.indexOf('outside:')))
    await expect(openTape({ data, station, outside: data })).rejects.toThrow('the station names no issuers')
  })
})
