import { expect, test } from 'vitest'
import { openTape } from '../../replay/open-tape.ts'
import { simulatedTape } from '../../replay/simulated-station.ts'
import { vapourPressure } from '../../replay/weather.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../src/domain/instant.ts'
import type { RawRow } from '../../src/ingest/raw-row.ts'

const SENTINEL = -9999

/** Rows of the first `days` after `from`. */
async function rowsOf({ seed = 1, from, days }: { seed?: number; from?: Instant; days: number }) {
  const tape = simulatedTape({ seed })
  const end = (from ?? tape.first) + days * DAY
  const rows: RawRow[] = []
  for await (const batch of tape.rows(from === undefined ? {} : { from })) {
    const within = batch.filter(({ eventTime }) => (eventTime ?? 0) < end)
    if (within.length === 0) break
    rows.push(...within)
  }
  return rows
}

const number = (row: RawRow | undefined, channel: string) => Number(row?.values[channel])

test('simulated station - nobody can mistake it for measurements', async () => {
  const tape = await openTape({})
  expect(tape.source).toBe('simulated')
  expect(tape.station).toMatchObject({ id: 'simulated', simulated: true })
  expect(tape.station.title).toContain('no instrument has measured this')
})

test('simulated station - one seed gives one weather, another seed another', async () => {
  const once = await rowsOf({ seed: 5, days: 20 })
  expect(await rowsOf({ seed: 5, days: 20 })).toEqual(once)
  expect(await rowsOf({ seed: 6, days: 20 })).not.toEqual(once)
})

test('simulated station - a row is the same wherever the playing began', async () => {
  const from = Date.UTC(2020, 2, 5, 7, 35)
  const whole = await rowsOf({ days: 80 })
  const sought = await rowsOf({ from, days: 10 })
  expect(sought.length).toBeGreaterThan(1000)
  expect(sought).toEqual(
    whole.filter(
      ({ eventTime }) => eventTime !== undefined && eventTime >= from && eventTime < from + 10 * DAY,
    ),
  )
})

test('simulated station - every value lies within its limits, and the quantities agree with one another', async () => {
  const { channels } = simulatedTape({ seed: 1 }).station
  const wrong = (row: RawRow): string[] => {
    const outside = channels.filter(({ name, limits, sentinels }) => {
      const value = number(row, name)
      return !sentinels.includes(value) && !(value >= limits.min && value <= limits.max)
    })
    const [temperature, dewPoint] = [number(row, 'T (degC)'), number(row, 'Tdew (degC)')]
    const saturation = vapourPressure(temperature)
    const gust = number(row, 'max. wv (m/s)')
    return [
      ...outside.map(({ name }) => name),
      ...(dewPoint > temperature ? ['supersaturated'] : []),
      ...(Math.abs(number(row, 'VPmax (mbar)') - saturation) > 0.1 ? ['saturation'] : []),
      ...(Math.abs(number(row, 'rh (%)') - (100 * vapourPressure(dewPoint)) / saturation) > 0.3
        ? ['humidity']
        : []),
      ...(gust !== SENTINEL && gust < number(row, 'wv (m/s)') ? ['gust'] : []),
    ].map((what) => `${row.place}: ${what}`)
  }
  expect((await rowsOf({ days: 400 })).flatMap(wrong)).toEqual([])
})

test('simulated station - persistence errs as it does in Jena, and the hour of the day matters', async () => {
  const byTime = new Map(
    (await rowsOf({ days: 730 })).map((row) => [row.eventTime ?? 0, number(row, 'T (degC)')]),
  )
  const persistence = (lead: number) => {
    const errors = [...byTime].flatMap(([time, value]) => {
      const later = byTime.get(time + lead)
      return later === undefined ? [] : [Math.abs(later - value)]
    })
    return errors.reduce((sum, error) => sum + error, 0) / errors.length
  }
  // Jena, 2009-2016: 2.61 K at +24 h, 4.48 K at +12 h, 0.71 K at +1 h.
  expect(persistence(24 * HOUR)).toBeGreaterThan(2)
  expect(persistence(24 * HOUR)).toBeLessThan(3)
  expect(persistence(12 * HOUR)).toBeGreaterThan(1.4 * persistence(24 * HOUR))
  expect(persistence(HOUR)).toBeLessThan(1)
})

test('simulated station - within a year there are gaps, duplicates, rows out of order and sentinels', async () => {
  const rows = await rowsOf({ days: 365 })
  const steps = rows.slice(1).map((row, index) => (row.eventTime ?? 0) - (rows[index]?.eventTime ?? 0))
  expect(steps.filter((step) => step === 0).length).toBeGreaterThan(3)
  expect(steps.filter((step) => step < 0).length).toBeGreaterThan(3)
  expect(steps.filter((step) => step > 20 * MINUTE).length).toBeGreaterThan(3)
  expect(steps.filter((step) => step === 10 * MINUTE).length / steps.length).toBeGreaterThan(0.99)
  expect(rows.filter((row) => number(row, 'wv (m/s)') === SENTINEL).length).toBeGreaterThan(3)
  expect(new Set(rows.map(({ place }) => place)).size).toBe(rows.length)
})

test('simulated station - the tape begins and ends where it says, after ten years', async () => {
  const tape = simulatedTape({ seed: 3 })
  const last = tape.last ?? 0
  expect((last - tape.first) / DAY).toBeGreaterThan(3652)
  const end: RawRow[] = []
  for await (const batch of tape.rows({ from: last - HOUR })) end.push(...batch)
  expect(end.map(({ eventTime }) => (eventTime ?? 0) - last)).toEqual(
    [-6, -5, -4, -3, -2, -1, 0].map((n) => n * 10 * MINUTE),
  )
  expect((await rowsOf({ seed: 3, days: 1 }))[0]?.eventTime).toBe(tape.first)
})
