import { markdownTable } from '../src/report/markdown-table.ts'
import type { IssueTimes } from './issue-times.ts'
import type { Times } from './stage-times.ts'

/** Milliseconds of the stream's thread that one part took. */
export interface Row extends Readonly<Times> {
  readonly name: string
  readonly all: number
}

export interface MemoryPoint {
  /** Share of the stream that has been processed. */
  readonly share: number
  /** Bytes of the stream's thread after garbage was collected, and of the whole process. */
  readonly inUse: number
  readonly resident: number
}

export interface BacktestTimings {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly node: string
    /** Load average of the machine (runnable processes) over the last minute, before and after. */
    readonly load: readonly [number, number]
  }
  readonly run: {
    readonly data: string
    readonly source: string
    readonly seed: number
    readonly from: string
    readonly until: string
    readonly rows: number
    readonly forecasts: number
    /** Experts in the mixture. */
    readonly models: number
    readonly peakMemoryBytes: number
  }
  readonly seconds: {
    /** The stream's thread at work. */
    readonly stream: number
    /** It waited, for training above all. */
    readonly waiting: number
    /** The bench's own work, which is in no other figure. */
    readonly measuring: number
    /** Computing time of all threads, measuring included: more than a core's where training ran beside the stream. */
    readonly computed: number
  }
  readonly rows: readonly Row[]
  readonly memory: readonly MemoryPoint[]
  readonly issue: IssueTimes
}

/** The target for a reading with a forecast, at the median. */
const TARGET_MS = 5

/** The results for people, in Markdown. */
export function backtestTables({ machine, run, seconds, rows, memory, issue }: BacktestTimings): string {
  const { stream, waiting, measuring, computed } = seconds
  const wall = stream + waiting
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; load of the machine before and after: ${machine.load.map((value) => value.toFixed(1)).join(' and ')} (the bench itself makes 1 to 2; more means that others were at work and figures are rough).`,
    `${run.data} (${run.source}), ${run.from} to ${run.until}, seed ${run.seed}: ${whole(run.rows)} rows, ${whole(run.forecasts)} forecasts by ${run.models} experts.`,
    '',
    `${wall.toFixed(1)} s of wall time: the stream at work ${stream.toFixed(1)} s, waiting for training ${waiting.toFixed(1)} s (measuring took ${measuring.toFixed(1)} s more). All threads together computed for ${computed.toFixed(1)} s.`,
    '',
    markdownTable({
      figures: true,
      head: ['seconds of the stream', 'learn', 'issue', 'settle', 'all', 'of the wall time'],
      rows: [
        ...rows.map(({ name, learn, issue: issued, settle, all }) => [
          name,
          ...[learn, issued, settle, all].map((value) => (value === 0 ? '' : (value / 1000).toFixed(2))),
          percent(all / 1000 / wall),
        ]),
        ['waiting for training', '', '', '', waiting.toFixed(2), percent(waiting / wall)],
        ['together', '', '', '', wall.toFixed(2), percent(1)],
      ],
    }),
    '',
    markdownTable({
      figures: true,
      head: ['of the stream', "in use in the stream's thread, MB", 'resident, all threads, MB'],
      rows: memory.map(({ share, inUse, resident }) => [
        percent(share, 0),
        (inUse / 1e6).toFixed(1),
        (resident / 1e6).toFixed(0),
      ]),
    }),
    '',
    `One reading with a forecast by the whole mixture (${run.models} experts, 24 leads, intervals), ${whole(issue.issues)} of them: median ${issue.median.toFixed(3)} ms, p99 ${issue.p99.toFixed(3)} ms; target under ${TARGET_MS} ms at the median: ${issue.median < TARGET_MS ? 'reached' : 'missed'}.`,
    issue.window
      ? `A bare GRU(32) window of 24 steps through the fused inference, in alternation with it: median ${issue.window.median.toFixed(3)} ms, p99 ${issue.window.p99.toFixed(3)} ms; the whole mixture takes ${issue.window.ratio.toFixed(1)} times as long.`
      : 'No build of the kernel runs on this machine: nothing to hold it against.',
  ].join('\n')
}

function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
