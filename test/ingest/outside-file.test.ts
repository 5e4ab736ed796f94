import { describe, expect, it } from 'vitest'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import type { OutsideColumnsOfFile, OutsideIssuer, Station } from '../../src/domain/station.ts'
import { outsideRows } from '../../src/ingest/outside-file.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'
import { parseStation } from '../../src/ingest/station-file.ts'
import { START, stationOf } from '../forecast/series.ts'

async function rowsOf(
  text: string,
  file: OutsideColumnsOfFile,
  time: Partial<Station['time']> = { utcOffsetMinutes: 0 },
  of: Pick<OutsideIssuer, 'quantity' | 'unit'> = {},
): Promise<RawRow[]> {
  const station = stationOf()
  const rows: RawRow[] = []
  const bytes = (async function* () {
    yield Buffer.from(text)
  })()
  const its = { ...station, time: { ...station.time, ...time } }
  for await (const row of outsideRows(bytes, {
    name: 'met.csv',
    station: its,
    issuer: { issuer: 'met', ...of, file },
  }))
    rows.push(row)
  return rows
}

const told = ({ outside, eventTime }: RawRow) => ({
  ...outside,
  at: formatInstant(eventTime ?? 0),
  leads: outside?.leads.map(({ lead_hours, mean }) => [lead_hours, mean]),
})

describe('outside file', () => {
  it('outside file - a day ahead: the rows of a day are one forecast, issued at a time of the day before', async () => {
    const text = 'time,price,met\n2020-01-02 00:00,1,10\n2020-01-02 01:00,1,11\n2020-01-03 00:00,1,12\n'
    const rows = await rowsOf(text, { valid_at: 'time', issued_day_before_at: '23:00' })
    expect(rows.map(told)).toMatchObject([
      {
        issuer: 'met',
        issued_at: '2020-01-01T23:00:00Z',
        at: '2020-01-01T23:00:00Z',
        leads: [
          [1, 10],
          [2, 11],
        ],
      },
      { issued_at: '2020-01-02T23:00:00Z', leads: [[1, 12]] },
    ])
  })

  it('outside file - the time of the day before is that of the station’s clock, in summer too', async () => {
    const text = 'time,met\n2020-07-02 00:00,10\n'
    const rows = await rowsOf(
      text,
      { valid_at: 'time', issued_day_before_at: '12:00' },
      { zone: 'Europe/Berlin' },
    )
    expect(rows.map(told)).toMatchObject([{ issued_at: '2020-07-01T10:00:00Z', leads: [[12, 10]] }])
  })

  it('outside file - by issue time and lead, with quantiles, available a while after; rows without a mean are none', async () => {
    const text =
      'run;hours;ws;lo;hi\n2020-01-01T00:00Z;2;5;4;7\n2020-01-01T00:00Z;1;4;;\n2020-01-01T12:00Z;1;;1;2\n'
    const file = {
      issued_at: 'run',
      lead_hours: 'hours',
      mean: 'ws',
      quantiles: { '0.1': 'lo', '0.9': 'hi' },
    }
    const rows = await rowsOf(text, { ...file, available_after: '5h' })
    expect(rows.map(told)).toMatchObject([
      {
        available_at: '2020-01-01T05:00:00Z',
        at: '2020-01-01T05:00:00Z',
        leads: [
          [1, 4],
          [2, 5],
        ],
      },
    ])
    expect(rows[0]!.outside!.leads[1]!.quantiles).toEqual({ '0.1': 4, '0.9': 7 })
  })

  it('outside file - a quantity is read from its column, stamps as the readings have them, and its cells in its unit', async () => {
    const text = 'date,hors,ws\n2009070100,1,2.5\n2009070100,2,2.4 m/s\n2009070112,1,NA\n'
    const rows = await rowsOf(
      text,
      { issued_at: 'date', lead_hours: 'hors' },
      { formats: ['yyyyMMddHH'], utcOffsetMinutes: 0 },
      { quantity: 'ws', unit: 'm/s' },
    )
    expect(rows.map(told)).toMatchObject([
      {
        issuer: 'met',
        quantity: 'ws',
        issued_at: '2009-07-01T00:00:00Z',
        leads: [
          [1, 2.5],
          [2, 2.4],
        ],
      },
    ])
    expect(rows[0]!.place).toBe('met.csv:2/met.ws')
  })

  it('outside file - rows of one issue that could be had later are a revision of their own', async () => {
    const text = 'run,h,met,there\n2020-01-01,1,1,2020-01-01\n2020-01-01,2,2,2020-01-01 03:00\n'
    const rows = await rowsOf(text, { issued_at: 'run', lead_hours: 'h', available_at: 'there' })
    expect(rows.map(told)).toMatchObject([
      { at: '2020-01-01T00:00:00Z', leads: [[1, 1]] },
      { at: '2020-01-01T03:00:00Z', issued_at: '2020-01-01T00:00:00Z', leads: [[2, 2]] },
    ])
  })

  it('outside file - an hour that the clock shows twice is two, by the order of the rows', async () => {
    const hours = ['00:00', '01:00', '02:00', '02:30', '02:00', '02:30', '03:00']
    const text = `time,met\n${hours.map((hour, value) => `2020-10-25 ${hour},${value}`).join('\n')}\n`
    const [row] = await rowsOf(
      text,
      { valid_at: 'time', issued_day_before_at: '23:00' },
      { zone: 'Europe/Berlin' },
    )
    expect(told(row!).leads).toEqual([1, 2, 3, 3.5, 4, 4.5, 5].map((lead, value) => [lead, value]))
  })

  it('outside file - what is known in advance is there for a day ahead of any time, without a gap', async () => {
    const hours = Array.from({ length: 60 }, (_, hour) => START + hour * HOUR + HOUR / 2)
    const text = `at,tariff\n${hours.map((time, hour) => `${formatInstant(time)},${hour}`).join('\n')}`
    const of = { quantity: 'tariff', unit: '' }
    const rows = await rowsOf(text, { valid_at: 'at', known: 'always' }, { utcOffsetMinutes: 0 }, of)
    const said = (now: number, time: number): number | undefined =>
      rows
        .filter(({ eventTime }) => eventTime! <= now)
        .flatMap(({ outside }) => outside!.leads.map((lead) => ({ ...lead, issuedAt: outside!.issued_at })))
        .find(({ issuedAt, lead_hours }) => Date.parse(issuedAt) + lead_hours * HOUR === time)?.mean
    for (const now of [START, START + 7 * HOUR, START + 30 * HOUR]) {
      for (let ahead = 0; ahead <= 26; ahead++) {
        const time = now + ahead * HOUR + HOUR / 2
        expect(said(now, time)).toBe((time - START - HOUR / 2) / HOUR)
      }
    }
    // Between the last row of a run and the first of the next one a line is read, so it is in both.
    expect(rows.map(({ outside }) => outside!.leads.length)).toEqual([...Array(9).fill(7), 6])
  })

  it.each([
    [
      'a column that is missing',
      'time,lear\n',
      { valid_at: 'time' },
      "met.csv:1: no column 'met' of 'met'; found 'time', 'lear'",
    ],
    ['a table without rows', 'time,met\n\n', { valid_at: 'time' }, 'met.csv: a header and no rows'],
    ['a time', 'time,met\nnoon,1\n', { valid_at: 'time' }, "met.csv:2: time is 'noon'; expected a time"],
    [
      'a number',
      'time,met\n2020-01-02,x\n',
      { valid_at: 'time' },
      "met.csv:2: met is 'x'; expected a number",
    ],
    [
      'a lead of the past',
      'run,h,met\n2020-01-01,-1,1\n',
      { issued_at: 'run', lead_hours: 'h' },
      'met.csv:2: a lead of -1 h',
    ],
    [
      'an order',
      'run,h,met\n2020-01-02,1,1\n2020-01-01,1,1\n',
      { issued_at: 'run', lead_hours: 'h' },
      'met.csv:3: what could be had at 2020-01-01T00:00:00Z comes after what could be had at 2020-01-02T00:00:00Z',
    ],
    [
      'a lead that is there twice',
      'run,h,met\n2020-01-01,2,1\n2020-01-01,2,3\n',
      { issued_at: 'run', lead_hours: 'h' },
      "met.csv:3: 'met' has two values of 2020-01-01T02:00:00Z in one forecast",
    ],
  ])('outside file - %s is named, with its line and the rule', async (_, text, file, message) => {
    await expect(rowsOf(text, file)).rejects.toThrow(message)
  })

  it('outside file - the station file says how it is read, and slips in it are told', () => {
    const file = (outside: string) => `
id: price
time: { column: time, utc_offset: "+00:00" }
cadence: 1h
target: price
channels: [{ column: price, unit: EUR, min: -500, max: 3000 }]
outside: ${outside}
`
    const parsed = (outside: string) => parseStation(file(outside), 'price.yaml').outside
    expect(
      parsed('[{ issuer: dnn, valid_at: time, issued_day_before_at: "23:00" }, { issuer: lear }]'),
    ).toEqual([
      { issuer: 'dnn', file: { valid_at: 'time', issued_day_before_at: '23:00' } },
      { issuer: 'lear', file: {} },
    ])
    const wrong: readonly (readonly [string, string])[] = [
      ['[{ issuer: "D N N" }]', 'outside[0].issuer: it is "D N N"; expected lower-case letters'],
      ['[{ issuer: a }, { issuer: a }]', 'expected each issuer once, and each quantity of an issuer once'],
      [
        '[{ issuer: a, issued_at: x, issued_day_before_at: "23:00" }]',
        'expected either issued_at or issued_day_before_at',
      ],
      [
        '[{ issuer: a, lead_hours: x }]',
        'outside[0].issued_at: it is missing; expected the column that lead_hours counts from',
      ],
      [
        '[{ issuer: a, quantity: price }]',
        'outside[0].quantity: it is "price"; expected no quantity where it is',
      ],
      ['[{ issuer: a, quantity: w }, { issuer: a, quantity: w }]', 'each quantity of an issuer once'],
      ['[{ issuer: a, unit: m/s }]', 'outside[0].unit: it is "m/s"; expected none without quantity'],
      [
        '[{ issuer: a, known: always, valid_at: x }]',
        'outside[0].quantity: it is missing; expected the name of',
      ],
      [
        '[{ issuer: a, quantity: w, known: always }]',
        'outside[0].valid_at: it is missing; expected the column',
      ],
      [
        '[{ issuer: a, quantity: w, known: ever, valid_at: x }]',
        'outside[0].known: it is "ever"; expected \'always\'',
      ],
      [
        '[{ issuer: a, quantity: w, known: always, valid_at: x, available_after: 1h }]',
        'expected either available_after or known',
      ],
      ['[{ issuer: a, issued_day_before_at: "25:00" }]', 'a time of day such as "23:00"'],
      ['[{ isuer: a }]', "unknown key 'isuer'; did you mean 'issuer'?"],
    ]
    for (const [outside, message] of wrong) expect(() => parsed(outside)).toThrow(message)
  })
})
