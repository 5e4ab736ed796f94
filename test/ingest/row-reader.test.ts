import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { HOUR, type Instant, MINUTE, type Span } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { rowReader } from '../../src/ingest/row-reader.ts'

function stationIn(zone: string, cadence: Span): Station {
  const channel = (name: string) => ({
    name,
    column: name,
    unit: '',
    limits: { min: -1e9, max: 1e9 },
    sentinels: [],
  })
  return {
    id: 'x',
    title: 'x',
    time: { column: 'time', formats: ['yyyy-MM-dd HH:mm'], utcOffsetMinutes: 0, zone },
    cadence,
    target: 'a',
    channels: [channel('a'), channel('b')],
    simulated: false,
  }
}

const shown = (instant: Instant, zone: string) =>
  DateTime.fromMillis(instant, { zone }).toFormat('yyyy-MM-dd HH:mm')

describe('row reader', () => {
  it('row reader - stamps of a wall clock come back as the instants they were, through both changes', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Pacific/Auckland',
      'Europe/London',
    )
    const starts = fc.integer({ min: 0, max: 365 }).map((day) => Date.UTC(2025, 0, 1) + day * 24 * HOUR)
    fc.assert(
      fc.property(zones, starts, fc.constantFrom(10, 20, 30, 60), (zone, start, minutes) => {
        const reader = rowReader({ station: stationIn(zone, minutes * MINUTE), places: [0, 1, 2] })
        const instants = Array.from(
          { length: (72 * 60) / minutes },
          (_, row) => start + row * minutes * MINUTE,
        )
        // A file that begins within the hour that is there twice cannot know which one it is.
        fc.pre(
          shown(start, zone) !== shown(start - HOUR, zone) &&
            shown(start, zone) !== shown(start - HOUR / 2, zone),
        )
        const read = instants.map(
          (at, row) => reader.read([shown(at, zone), String(row), '1'], 'x')?.eventTime,
        )
        expect(read).toEqual(instants)
      }),
      { numRuns: 500 },
    )
  })

  it('row reader - parts of one moment stay one moment in the hour that is there twice', () => {
    const reader = rowReader({
      station: stationIn('Europe/Berlin', 30 * MINUTE),
      places: [0, 1, 2],
      sparse: true,
    })
    const first = Date.UTC(2025, 9, 26, 0)
    const rows = [0, 30, 60, 90, 120].flatMap((minute) => {
      const stamp = shown(first + minute * MINUTE, 'Europe/Berlin')
      return [
        [stamp, minute, undefined],
        [stamp, undefined, minute],
      ]
    })
    const read = rows.map((row) => ((reader.read(row, 'x')?.eventTime ?? 0) - first) / MINUTE)
    expect(read).toEqual([0, 0, 30, 30, 60, 60, 90, 90, 120, 120])
  })

  it('row reader - a time that clocks are put over is none, and says so', () => {
    const reader = rowReader({ station: stationIn('Europe/Berlin', HOUR), places: [0, 1, 2] })
    expect(reader.read(['2025-03-30 02:30', '1', '1'], 'x')).toMatchObject({
      eventTime: undefined,
      malformed: { value: '2025-03-30 02:30', rule: expect.stringContaining('utc_offset is the key') },
    })
  })

  it('row reader - live, the clock tells which of two times it is', () => {
    const [first, later] = [Date.UTC(2025, 9, 26, 0, 10), Date.UTC(2025, 9, 26, 1, 10)]
    for (const now of [first, later]) {
      const reader = rowReader({
        station: stationIn('Europe/Berlin', HOUR),
        places: [0, 1, 2],
        now: () => now,
      })
      expect(reader.read(['2025-10-26 02:10', '1', '1'], 'x')?.eventTime).toBe(now)
    }
  })
})

describe('row reader - the hour that is there twice', () => {
  /** Notes of rows by the clock of Berlin in the night of 26 October 2025. */
  const notesOf = (times: readonly string[], minutes = 30) => {
    const notes: string[] = []
    const station = stationIn('Europe/Berlin', minutes * MINUTE)
    const reader = rowReader({ station, places: [0, 1, 2], onNote: (note) => notes.push(note) })
    const read = times.map(
      (time, row) => reader.read([`2025-10-26 ${time}`, '1', '1'], `x:${row + 1}`)?.eventTime,
    )
    return { notes, read }
  }

  it('row reader - where it is there once, that is told once: which, how it was read, and the key', () => {
    const { notes, read } = notesOf(['01:00', '01:30', '02:00', '02:30', '03:00', '03:30'])
    expect(read[2]).toBe(Date.UTC(2025, 9, 26, 0))
    expect(notes).toEqual([
      'x:5: 2025-10-26 02:00 to 2025-10-26 02:30 is there once, and clocks in Europe/Berlin show it twice: it was read as the first time, in summer time, with a gap of 90m behind it; where the clock keeps its offset all year, the station file says utc_offset in place of zone; where the other time is meant, a column must tell: time: { zone_column: ... }',
    ])
  })

  it('row reader - of an hourly file that has it once, as of one that has half of each, the first row tells', () => {
    const { notes, read } = notesOf(['00:00', '01:00', '02:00', '03:00'], 60)
    expect(read[2]).toBe(Date.UTC(2025, 9, 26, 0))
    expect(notes).toHaveLength(1)
    const late = notesOf(['01:00', '02:30', '02:00', '02:30', '03:00'])
    expect(late.notes).toEqual([])
  })

  it('row reader - both of them, a part of each, or none tell nothing', () => {
    expect(notesOf(['01:30', '02:00', '02:30', '02:00', '02:30', '03:00']).notes).toEqual([])
    expect(notesOf(['01:30', '02:30', '02:00', '03:00']).notes).toEqual([])
    expect(notesOf(['01:00', '01:30', '03:00', '03:30']).notes).toEqual([])
    // Read from its end, as the newest row comes first.
    expect(notesOf(['03:00', '02:30', '02:00', '01:30']).notes).toEqual([])
    // Every three hours nobody expects it twice.
    expect(notesOf(['02:00', '05:00', '08:00'], 180).notes).toEqual([])
  })
})
