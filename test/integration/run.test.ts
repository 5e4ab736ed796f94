import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../src/commands/summary.ts'
import { EXPERTS } from '../../src/experts/registry.ts'
import { SILENT_AT_FIRST } from '../experts/created.ts'
import { temporaryFolder } from '../support/files.ts'
import { jenaFile } from '../support/jena-file.ts'
import { runTickcast, startTickcast } from '../support/process.ts'
import { describeWithData } from '../support/real-data.ts'

const files = temporaryFolder()
const TO_THE_END = ['--speed', 'max', '--until-end', '--json']

/** Runs to the end of the file; what is on standard output is the summary and nothing else. */
async function summaryOf(...flags: readonly string[]): Promise<RunSummary> {
  const { code, stdout, stderr } = await runTickcast(['run', ...flags, ...TO_THE_END])
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^\{.*\}\n$/)
  return JSON.parse(stdout)
}

/** Everything that does not depend on the clock or on what the file is called. */
const counted = ({ wallSeconds: _, peakMemoryBytes: __, ...rest }: RunSummary) => rest

/** Long enough that every network has forecast. */
const DAYS = 21
const ROWS = DAYS * 144
/** Where it is not the forecasts that are looked at. */
const TWO = ['--experts', 'persistence,seasonal_naive']
const SMALL = ['--units', '4', '--batch', '16', '--round-steps', '1']

describe('run', () => {
  let weeks: string
  /** Where networks are not the point. */
  let days: string
  beforeAll(async () => {
    weeks = await files.write('weeks.csv', jenaFile({ days: DAYS }))
    days = await files.write('days.csv', jenaFile({ days: 3 }))
  })

  it('run - to the end of a file leaves one JSON object that adds up', async () => {
    const summary = await summaryOf('--data', weeks, ...SMALL)
    expect(summary).toMatchObject({
      rows: ROWS,
      readings: ROWS,
      rejected: 0,
      rejectedByReason: {},
      bus: 'memory',
      source: 'replay',
    })
    // One an hour, from the first reading on.
    expect(summary.forecasts).toBe(DAYS * 24)
    // The last day's forecasts are settled in part: one lead fewer for each hour they were issued later.
    expect(summary.scores).toBe((DAYS - 1) * 24 * 24 + (23 * 24) / 2)
    const others = EXPERTS.filter(
      ({ name, learnsFrom }) => learnsFrom !== 'lookbacks' && !SILENT_AT_FIRST.has(name),
    ).map(({ name }) => name)
    expect(Object.keys(summary.mae24h).sort()).toEqual(['network', 'mixture', ...others].sort())
    for (const mae of Object.values(summary.mae24h)) {
      expect(mae).toBeGreaterThan(0)
      expect(mae).toBeLessThan(10)
    }
    expect(summary.engine).toMatch(/tfjs-node|wasm|cpu|kernel/)
    expect(summary.wallSeconds).toBeGreaterThan(0)
    expect(summary.peakMemoryBytes).toBeGreaterThan(10e6)
    expect(summary.peakMemoryBytes).toBeLessThan(2e9)
  })

  it('run - the same file packed, and read by a station file of its own, gives the same figures', async () => {
    const content = jenaFile({ days: 3 })
    const plain = counted(await summaryOf('--data', days, ...TWO))
    expect(plain).toMatchObject({ rows: 3 * 144, engine: 'none' })
    const gz = await files.write('days.csv.gz', gzipSync(content))
    expect(counted(await summaryOf('--data', gz, ...TWO))).toEqual(plain)
    const zip = await files.zip('days.zip', { name: 'inner/days.csv', content })
    expect(counted(await summaryOf('--data', zip, ...TWO))).toEqual(plain)

    const station = await files.write(
      'roof.yaml',
      `id: roof
time: { column: Date Time, format: dd.MM.yyyy HH:mm:ss, utc_offset: "+01:00" }
cadence: 10m
target: temperature
channels:
  - { name: temperature, column: T (degC), unit: degC, min: -60, max: 60, sentinels: [-9999] }
`,
    )
    const described = await summaryOf('--data', days, '--station', station, ...TWO)
    // With one channel of fourteen the experts have less to go by; what does not depend on that is the same.
    const same = ({ mae24h, skill24h, ...rest }: ReturnType<typeof counted>) => ({
      ...rest,
      mae24h: { persistence: mae24h['persistence'], seasonal_naive: mae24h['seasonal_naive'] },
    })
    expect(same(counted(described))).toEqual(same(plain))
  })

  it('run - a part of the file is what was asked for', async () => {
    const part = await summaryOf('--data', weeks, ...TWO, '--from', '2015-01-03', '--until', '2015-01-05')
    expect(part).toMatchObject({ rows: 2 * 144, readings: 2 * 144, rejected: 0 })
  })

  it('run - without --json the figures are lines for a person', async () => {
    const { code, stdout, stderr } = await runTickcast([
      ...['run', '--data', days, ...TWO, '--speed', 'max', '--until-end'],
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('days.csv, 2015-01-01T00:00:00Z to 2015-01-03T23:50:00Z')
    expect(stdout).toContain('432 rows: 432 readings, 0 rejected; 72 forecasts')
    expect(stdout).toMatch(/persistence +\d\.\d{3} K/)
  })

  it('run - an --until before where a kept tape stands is told, for nothing is played', async () => {
    const run = (...flags: string[]) =>
      runTickcast([
        ...['run', '--data', days, ...TWO, '--speed', 'max', '--until-end'],
        ...['--keep', files.path('until'), ...flags],
      ])
    expect((await run()).stdout).not.toContain('warning')
    const { code, stdout } = await run('--until', '2015-01-02')
    expect(code).toBe(0)
    expect(stdout).toContain('--until 2015-01-02T00:00:00Z lies before where the tape stands')
  })

  it('run - a tape that was kept paused and looping is played through once, and stays at its end', async () => {
    const days = await files.write('looped.csv', jenaFile({ days: 1 }))
    const flags = ['run', '--data', days, '--experts', 'persistence', '--keep', files.path('looped')]
    const looping = startTickcast([...flags, '--loop', '--paused', '--port', '0'])
    await looping.address()
    expect((await looping.stop('SIGINT')).code).toBe(0)
    const through = () => runTickcast([...flags, '--speed', 'max', '--until-end'])
    expect((await through()).stdout).toContain('144 rows: 144 readings')
    expect((await through()).stdout).toContain('goes on at 2015-01-01T23:50:00Z, 144 rows lived')
  })
})

describeWithData('jena_2020.csv', (path) => {
  it('run - a real year: every row accounted for, persistence as measured beforehand', async () => {
    // What the other experts say of a real year is held elsewhere, and takes a while.
    const summary = await summaryOf('--data', path, '--experts', 'persistence')
    expect(summary).toMatchObject({
      rows: 52_696,
      readings: 52_695,
      rejected: 1,
      rejectedByReason: { duplicate: 1 },
      source: 'replay',
    })
    expect(summary.mae24h['persistence']).toBeCloseTo(2.656, 2)
  })
})
