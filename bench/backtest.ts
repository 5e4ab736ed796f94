import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { performance } from 'node:perf_hooks'
import { cpuUsage, memoryUsage } from 'node:process'
import { Option } from 'commander'
import { openTape } from '../replay/open-tape.ts'
import type { Tape } from '../replay/tape.ts'
import { type BacktestFlags, runBacktest } from '../src/commands/backtest.ts'
import { parseCount } from '../src/commands/option-values.ts'
import { DAY, formatInstant, HOUR } from '../src/domain/instant.ts'
import { backtestCommand, SILENT } from './backtest-command.ts'
import { type BacktestTimings, backtestTables, type MemoryPoint, type Row } from './backtest-table.ts'
import { issueTimes } from './issue-times.ts'
import { type RunTimes, runTimes } from './stage-times.ts'

/* A whole backtest with its time told by expert. `npm run bench -- backtest` runs this file on the built program. */

interface Flags extends BacktestFlags {
  readonly years: number
  readonly json?: true
}

const QUARTERS = [0.25, 0.5, 0.75, 1]

const command = backtestCommand('bench backtest')
  .addOption(
    new Option('--years <n>', 'of the simulated station')
      .argParser(parseCount({ min: 1, max: 10 }))
      .default(3),
  )
  .addOption(new Option('--json', 'also write bench/results/backtest.{json,md}'))
await measure(command.parse().opts<Flags>())

async function measure(flags: Flags): Promise<void> {
  const tape = flags.data === undefined ? hourly(await openTape(flags)) : await openTape(flags)
  const from = flags.from ?? tape.first
  const until = flags.until ?? (flags.data === undefined ? from + flags.years * 365 * DAY : tape.last)
  if (until === null) throw new Error('where this file ends is not known: say --until DATE')

  const memory: MemoryPoint[] = []
  const inUse = (share: number) => {
    globalThis.gc?.()
    globalThis.gc?.()
    const { heapUsed, external, rss } = memoryUsage()
    memory.push({ share, inUse: heapUsed + external, resident: rss })
  }
  const times = runTimes(({ eventTime }) => {
    const share = QUARTERS[memory.length]
    if (share !== undefined && eventTime - from >= share * (until - from) - HOUR) inUse(share)
  })

  const loadBefore = loadavg()[0] ?? 0
  const usage = cpuUsage()
  const loop = performance.eventLoopUtilization()
  const { summary } = await runBacktest(tape, {
    flags: { ...flags, from, until },
    terminal: SILENT,
    instruments: times,
  })
  const { active, idle } = performance.eventLoopUtilization(loop)
  const { user, system } = cpuUsage(usage)
  const rows = rowsOf(times)
  const issue = await issueTimes(times.issueAgain, tape.station.channels.length)
  if (memory.length < QUARTERS.length) inUse(1)

  const { rows: read, forecasts, models, data, source, seed, peakMemoryBytes } = summary
  const stream = active - times.overhead
  const results: BacktestTimings = {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      load: [loadBefore, loadavg()[0] ?? 0],
    },
    run: {
      ...{ data, source, seed, rows: read, forecasts, peakMemoryBytes },
      from: formatInstant(from),
      until: formatInstant(until),
      models: Object.keys(models).length - 1,
    },
    seconds: {
      stream: stream / 1000,
      waiting: idle / 1000,
      measuring: times.overhead / 1000,
      computed: (user + system) / 1e6,
    },
    rows: [...rows, { name: 'everything else', learn: 0, issue: 0, settle: 0, all: stream - total(rows) }],
    memory,
    issue,
  }
  const text = backtestTables(results)
  process.stdout.write(`${text}\n`)
  if (!flags.json) return
  const folder = new URL('../bench/results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL('backtest.json', folder), `${JSON.stringify(results, null, 2)}\n`)
  await writeFile(new URL('backtest.md', folder), `${text}\n`)
}

/** Experts in the order of tables, then what the pipeline does beside them. */
function rowsOf({ experts, stages: { window, verification, training, mixture } }: RunTimes): Row[] {
  const row = (name: string, { learn, issue, settle }: Omit<Row, 'name' | 'all'>): Row => {
    const all = learn + issue + settle
    return { name, learn, issue, settle, all }
  }
  return [
    ...[...experts].map(([name, times]) => row(name, times)),
    row('features, mixture and intervals', mixture),
    row('history and window', window),
    row('truths and verification', verification),
    row('samples and rounds of training', training),
  ]
}

function total(rows: readonly Row[]): number {
  return rows.reduce((sum, { all }) => sum + all, 0)
}

/** The rows at full hours: what a station by the hour would have sent. */
function hourly(tape: Tape): Tape {
  return {
    ...tape,
    station: { ...tape.station, cadence: HOUR },
    name: `${tape.name}, by the hour`,
    async *rows(options) {
      for await (const batch of tape.rows(options)) {
        yield batch.filter(({ eventTime }) => eventTime !== undefined && eventTime % HOUR === 0)
      }
    },
  }
}
