import { describe, expect, it } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { formatInstant, HOUR } from '../../src/domain/instant.ts'
import { temporaryFolder } from '../support/files.ts'

const files = temporaryFolder()
const START = Date.UTC(2020, 0, 1)
const stamp = (hour: number) => formatInstant(START + hour * HOUR)

const stationFile = (id: string, neighbours = '') => `
id: ${id}
time: { column: time, utc_offset: "+00:00" }
cadence: 1h
${neighbours}
target: t
channels:
  - { column: t, unit: degC, min: -40, max: 50, sentinels: [-99] }
  - { column: p, unit: hPa, min: 800, max: 1100 }
`
const table = (hours: readonly number[], value: (hour: number) => number) =>
  ['time,t,p', ...hours.map((hour) => `${stamp(hour)},${value(hour)},1000`)].join('\n')

const READ: Record<number, number> = { [-1]: 10, 0: 11, 1: 99, 2: -99, 3: 13, 9: 19 }

async function given(neighbours: string) {
  const station = await files.write('here.yaml', stationFile('here', neighbours))
  const near = await files.write('near.yaml', stationFile('near'))
  const data = await files.write(
    'here.csv',
    table([0, 1, 2, 3, 4], (hour) => hour),
  )
  // Out of its limits, the sentinel and a row that comes again are no readings.
  const readings = await files.write(
    'near.csv',
    table([-1, 0, 0, 1, 2, 3, 9], (hour) => READ[hour] ?? 0),
  )
  return { station, data, neighbour: [`${near}:${readings}`] }
}

async function toldBy(neighbours: string, from?: number): Promise<string[]> {
  const tape = await openTape(await given(neighbours))
  const told: string[] = []
  for await (const batch of tape.rows(from === undefined ? {} : { from: START + from * HOUR }))
    for (const { neighbour, eventTime } of batch) {
      const hour = ((eventTime ?? 0) - START) / HOUR
      told.push(neighbour ? `${neighbour.station} ${hour}: ${neighbour.value}` : `${hour}`)
    }
  return told
}

describe('neighbour tape', () => {
  it('neighbour tape - each reading comes right ahead of the first row at or after it, and none after the last', async () => {
    expect(await toldBy('neighbours: [near]')).toEqual([
      'near -1: 10',
      'near 0: 11',
      '0',
      '1',
      '2',
      'near 3: 13',
      '3',
      '4',
    ])
  })

  it('neighbour tape - a delay is waited for, and a tape that begins later leaves out what was known before', async () => {
    const neighbours = 'neighbours: [{ station: near, delay: 90m }]'
    expect(await toldBy(neighbours)).toEqual(['0', 'near 0.5: 10', '1', 'near 1.5: 11', '2', '3', '4'])
    expect(await toldBy(neighbours, 1)).toEqual(['1', 'near 1.5: 11', '2', '3', '4'])
  })

  it('neighbour tape - what is no neighbour, is given twice or has no readings is refused, or said', async () => {
    const fine = await given('neighbours: auto')
    const opened = (neighbour: readonly string[], neighbours = 'neighbours: auto') =>
      given(neighbours).then((files) => openTape({ ...files, neighbour }))
    await expect(opened(fine.neighbour, '')).rejects.toThrow(
      /'near' is no neighbour of 'here': name it under/,
    )
    await expect(opened([...fine.neighbour, ...fine.neighbour])).rejects.toThrow(/'near' is given twice/)
    await expect(opened(['near.csv'])).rejects.toThrow(/expected STATION:FILE/)
    await expect(opened([`${fine.station}:${fine.data}`])).rejects.toThrow(/'here' is the station itself/)
    const { notes } = await openTape({ ...(await given('neighbours: [near, far]')) })
    expect(notes.join('\n')).toMatch(/neighbour near: near.csv/)
    expect(notes.join('\n')).toMatch(/neighbour far: no --neighbour has its readings/)
  })
})
