import { Command } from 'commander'
import { openTape } from '../replay/open-tape.ts'
import { type BacktestFlags, runBacktest } from '../src/commands/backtest.ts'
import { dataOptions, networkOptions, pipelineOptions, spanOptions } from '../src/commands/options.ts'
import { stateSizes } from '../src/core/state-codec.ts'
import { DAY, formatInstant } from '../src/domain/instant.ts'

/*
 * Bytes of each stage's state as it is written: after a year, and at the end of the tape. `npm run bench -- state
 * --data FILE` runs this file on the built program.
 */

const YEAR = 365 * DAY
const ignore = () => undefined
const TERMINAL = {
  fact: ignore,
  line: ignore,
  warn: ignore,
  status: ignore,
  above: (write: () => void) => write(),
  close: ignore,
}

const command = new Command('bench state')
for (const option of [dataOptions(), spanOptions(), pipelineOptions(), networkOptions()].flat()) {
  command.addOption(option)
}
const flags = command.parse().opts<BacktestFlags>()
const tape = await openTape(flags)
const from = flags.from ?? tape.first
const end = flags.until ?? tape.last
const ends = [from + YEAR, ...(end === null || end <= from + YEAR ? [] : [end])]

const sizes: Record<string, number>[] = []
for (const until of ends) {
  const { state } = await runBacktest(tape, { flags: { ...flags, until }, terminal: TERMINAL })
  sizes.push(stateSizes(state))
}
const stages = Object.keys(sizes[0]!)
const total = (column: number): number => stages.reduce((sum, stage) => sum + sizes[column]![stage]!, 0)
const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0)
const rows = [
  ['stage', ...ends.map((until) => `kB at ${formatInstant(until).slice(0, 10)}`)],
  ...stages.map((stage) => [stage, ...sizes.map((size) => kilobytes(size[stage]!))]),
  ['all', ...sizes.map((_, column) => kilobytes(total(column)))],
]
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
for (const row of rows) {
  const cells = row.map((cell, column) =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
  )
  process.stdout.write(`${cells.join('  ')}\n`)
}
