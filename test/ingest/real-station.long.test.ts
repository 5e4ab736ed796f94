import { createReadStream } from 'node:fs'
import { expect, it } from 'vitest'
import { formatInstant, HOUR, MINUTE, type Span } from '../../src/domain/instant.ts'
import type { Reading, Rejection } from '../../src/domain/reading.ts'
import { bridge, type Gap } from '../../src/ingest/bridge.ts'
import { openCsv } from '../../src/ingest/csv.ts'
import { jena } from '../../src/ingest/jena.ts'
import { order } from '../../src/ingest/order.ts'
import { tickOf } from '../../src/ingest/raw-row.ts'
import { validator } from '../../src/ingest/validate.ts'
import { describeWithData } from '../support/real-data.ts'

/** A file's way from bytes to readings, every stage of `ingest/` in turn. */
async function ingest(path: string, cadence: Span) {
  const table = await openCsv(createReadStream(path), { name: 'jena.csv', station: jena })
  const { station } = table.columns
  const validate = validator(station)
  const ordering = order({ cadence })
  const bridging = bridge({ cadence })
  let ordered = ordering.initial()
  let bridged = bridging.initial()
  let rows = 0
  const readings: Reading[] = []
  const rejections: Rejection[] = []
  const gaps: Gap[] = []
  const masked: string[] = []

  for await (const batch of table.rows()) {
    for (const row of batch) {
      rows++
      const replay = { session: 'a', speed: 'max', paused: false } as const
      const validated = validate(tickOf(row, { run: 'a', ingestTime: 0, replay }))
      if (!validated.ok) {
        rejections.push(validated.rejection)
        continue
      }
      if (validated.masked > 0) masked.push(formatInstant(validated.reading.eventTime))
      const arrived = ordering.step(ordered, validated.reading)
      ordered = arrived.state
      for (const arrival of arrived.output) {
        if (arrival.kind === 'merged') continue
        const next = bridging.step(bridged, arrival)
        bridged = next.state
        for (const each of next.output) {
          if (each.kind === 'reading') readings.push(each.reading)
          if (each.kind === 'rejected') rejections.push(each.rejection)
          if (each.kind === 'gap') gaps.push(each)
        }
      }
    }
  }
  return { rows, station, readings, rejections, gaps, masked }
}

describeWithData('jena_2020.csv', (path) => {
  it('ingest - a year at ten minutes has one duplicate, one sentinel and one bridged gap', async () => {
    const { rows, station, readings, rejections, gaps, masked } = await ingest(path, 10 * MINUTE)
    expect(rows).toBe(52_696)
    expect(readings.filter(({ bridged }) => !bridged)).toHaveLength(52_695)

    expect(rejections).toEqual([
      {
        field: 'event_time',
        value: '2020-05-12T05:00:00Z',
        rule: 'one reading for each time',
        reason: 'duplicate',
      },
    ])

    expect(masked).toEqual(['2020-02-20T06:40:00Z'])
    const calm = readings.find(({ eventTime }) => formatInstant(eventTime) === masked[0])!
    const unmeasured = station.channels.filter((_, channel) => Number.isNaN(calm.values[channel]!))
    expect(unmeasured.map(({ name }) => name)).toEqual(['wv (m/s)'])

    expect(gaps).toEqual([{ kind: 'gap', after: expect.any(Number), missing: 9, bridged: true }])
    expect(formatInstant(gaps[0]!.after)).toMatch(/^2020-05-29T/)
    expect(readings.filter(({ bridged }) => bridged)).toHaveLength(9)
    expect(
      readings.every(
        (each, row) => row === 0 || each.eventTime - readings[row - 1]!.eventTime === 10 * MINUTE,
      ),
    ).toBe(true)
  })
})

describeWithData('jena_2009_2016_hourly.csv', (path) => {
  it('ingest - eight years by the hour drift over three small gaps and restart at two long ones', async () => {
    const { rows, readings, rejections, gaps } = await ingest(path, HOUR)
    expect(rejections).toEqual([])
    expect(readings).toHaveLength(rows)
    expect(
      gaps.map(({ after, missing, bridged }) => [formatInstant(after).slice(0, 10), missing, bridged]),
    ).toEqual([
      ['2014-09-24', 16, false],
      ['2016-10-25', 74, false],
    ])
  })
})
