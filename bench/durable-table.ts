import { markdownTable } from '../src/report/markdown-table.ts'
import { median } from './harness.ts'

/** Ticks per second of one way of taking them, one figure a round. */
export interface Rates {
  readonly name: string
  readonly perSecond: readonly number[]
}

/** From handing a tick in until it is acknowledged, each alone, of all rounds. */
export interface Latencies {
  readonly name: string
  readonly milliseconds: readonly number[]
}

/** Restarts of a station that has lived for so long. */
export interface Restarts {
  /** `8 years` */
  readonly past: string
  readonly stateBytes: number
  /** Undefined where it is kept in no folder. */
  readonly folderBytes?: number
  /** Milliseconds from the start of the process, one figure a restart. */
  readonly ready: readonly number[]
  readonly there: readonly number[]
}

/** What a table of the file takes up with its indexes. */
export interface TableBytes {
  readonly name: string
  readonly rows: number
  readonly bytes: number
}

/** A ratio is that to the yardstick in the same round, the median over the rounds. */
export function ratesTable(lines: readonly Rates[], yardsticks: readonly string[]): string {
  const rates = new Map(lines.map(({ name, perSecond }) => [name, perSecond]))
  const ratio = ({ name, perSecond }: Rates, yardstick: string): string => {
    const of = rates.get(yardstick)
    if (name === yardstick || of === undefined) return ''
    return significant(median(perSecond.map((rate, round) => rate / of[round]!)))
  }
  return markdownTable({
    figures: true,
    head: ['', 'ticks/s', 'slowest-fastest', ...yardsticks.map((name) => `times ${name}`)],
    rows: lines.map((line) => [
      line.name,
      whole(median(line.perSecond)),
      `${whole(Math.min(...line.perSecond))}-${whole(Math.max(...line.perSecond))}`,
      ...yardsticks.map((yardstick) => ratio(line, yardstick)),
    ]),
  })
}

export function latenciesTable(lines: readonly Latencies[]): string {
  return markdownTable({
    figures: true,
    head: ['one at a time', 'ticks', 'p50, ms', 'p99, ms', 'most, ms'],
    rows: lines.map(({ name, milliseconds }) => [
      name,
      whole(milliseconds.length),
      ...[0.5, 0.99, 1].map((share) => percentile(milliseconds, share).toFixed(2)),
    ]),
  })
}

/** `there`: what the process is to have done by then. */
export function restartsTable(lines: readonly Restarts[], there: string): string {
  const span = (milliseconds: readonly number[]): string[] => [
    whole(median(milliseconds)),
    `${whole(Math.min(...milliseconds))}-${whole(Math.max(...milliseconds))}`,
  ]
  return markdownTable({
    figures: true,
    head: ['past', 'state, MB', 'folder, MB', 'to ready, ms', 'least-most', `${there}, ms`, 'least-most'],
    rows: lines.map(({ past, stateBytes, folderBytes, ready, there: done }) => [
      past,
      megabytes(stateBytes),
      folderBytes === undefined ? '' : megabytes(folderBytes),
      ...span(ready),
      ...span(done),
    ]),
  })
}

const YEAR_DAYS = 365.25

/** Of a station that has lived for `days`, as of a year; checkpoints and journal do not grow and stay as they are. */
export function bytesTable(tables: readonly TableBytes[], days: number): string {
  const growing = tables.filter(({ name }) => !STEADY.has(name))
  const aYear = (value: number): number => (value * YEAR_DAYS) / days
  const sum = growing.reduce((all, { bytes }) => all + bytes, 0)
  return markdownTable({
    figures: true,
    head: ['table', 'rows', 'bytes a row', 'MB', 'MB a year'],
    rows: [
      ...tables.map(({ name, rows, bytes }) => [
        name,
        whole(rows),
        rows === 0 ? '' : whole(bytes / rows),
        megabytes(bytes),
        STEADY.has(name) ? '' : megabytes(aYear(bytes)),
      ]),
      ['what was published', '', '', megabytes(sum), megabytes(aYear(sum))],
    ],
  })
}

const STEADY: ReadonlySet<string> = new Set(['checkpoints', 'journal', 'everything else'])

/** The least value that no less than `share` of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Rows of an hourly file that a past of `days` has: as many as leave `left` of all for what comes after. */
export function rowsOfPast(
  days: number,
  { all, left }: { readonly all: number; readonly left: number },
): number {
  return Math.max(0, Math.min(Math.round(days * 24), all - left))
}

function significant(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2)
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 100e6 ? 1 : 0)
const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
