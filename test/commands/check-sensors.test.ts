import { expect, it } from 'vitest'
import { countSensors, emptySensors, sensorLines } from '../../src/commands/check-sensors.ts'
import { MINUTE } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { parseStation } from '../../src/ingest/station-file.ts'

const START = Date.UTC(2026, 5, 1)

const stationWith = (more: string) =>
  parseStation(
    `id: x
time: { column: time, utc_offset: "+00:00" }
cadence: 10m
target: temp
${more}channels:
  - { name: temp, unit: degC, min: -400, max: 10000 }
  - { name: rain, unit: mm, min: 0, max: 10000 }
`,
    'x.yaml',
  )

/** Ten days of weather, with what `put` makes of the temperature. */
function linesOf(put: (row: number, temp: number) => number, station: Station = stationWith('')): string[] {
  const figures = emptySensors(station)
  for (let row = 0; row < 1440; row++) {
    const temp = Number((15 + 6 * Math.sin(row / 23) + Math.sin(row * 7)).toFixed(1))
    const values = Float64Array.of(put(row, temp), row % 200 < 12 ? (row % 12) / 10 : 0)
    countSensors(figures, station, {
      eventTime: START + 10 * row * MINUTE,
      ingestTime: 0,
      values,
      bridged: false,
    })
  }
  return sensorLines(station, figures)
}

it('check - of a sensor that measures nothing is told, and dry days are none', () => {
  expect(linesOf((_, temp) => temp)).toEqual([])
})

it('check - one that says the same for far longer than ever looks stuck, with value, rows and time', () => {
  const [line, ...more] = linesOf((row, temp) => (row >= 600 && row < 900 ? 18.3 : temp))
  expect(more).toEqual([])
  expect(line).toMatch(
    /^ {2}sensor: temp says 18\.3 for 300 rows, from 2026-06-05T04:00:00Z to 2026-06-07T05:50:00Z: it looks stuck; /,
  )
  expect(linesOf((row, temp) => (row >= 600 ? 18.3 : temp), stationWith('health: off\n'))).toEqual([])
})

it('check - so it does after the time that the station file gives', () => {
  const put = (row: number, temp: number) => (row >= 600 && row < 605 ? 18.3 : temp)
  expect(linesOf(put)).toEqual([])
  expect(linesOf(put, stationWith('health: { stuck_after: 30m }\n'))[0]).toContain('says 18.3 for 5 rows')
})

it.each([85, -127, -9999, 3276.7])(
  'check - %d far from all others is told with the sentinels that mask it',
  (word) => {
    expect(linesOf((row, temp) => (row % 400 === 399 ? word : temp))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^ {2}sensor: temp is ${word} in 3 rows, the first at 2026-06-03T18:30:00Z, far from all others \\(8.*\\): .*sentinels: \\[${word}\\]$`,
        ),
      ),
    ])
  },
)

it('check - such a number among others like it is a measurement', () => {
  expect(linesOf((row, temp) => 85 + (temp - 15) + (row % 2))).toEqual([])
})
