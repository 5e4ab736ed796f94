import { Presets, SingleBar } from 'cli-progress'
import { screenOf } from '../app/screen.ts'
import type { StationHost } from '../app/station-host.ts'
import type { Terminal } from '../app/terminal.ts'
import type { Instant } from '../domain/instant.ts'
import { gainText } from './summary.ts'

const EVERY_MS = 250

export interface BacktestProgress {
  close(): void
}

/**
 * How far a backtest has come in event time, with its figures so far: a bar on standard error where that is a terminal,
 * else a line now and then.
 */
export function openBacktestProgress({
  terminal,
  station,
  host,
  from,
  until,
  unit,
}: {
  readonly terminal: Terminal
  readonly station: string
  readonly host: StationHost
  readonly from: Instant
  /** Null where the end of the tape is not known: no bar then. */
  readonly until: Instant | null
  readonly unit: string
}): BacktestProgress {
  const bar = screenOf(process.stderr).cursor
    ? new SingleBar(
        {
          stream: process.stderr,
          format: '{day} {bar} {percentage} % | {figures} | {eta_formatted} to go',
          hideCursor: true,
          clearOnComplete: true,
          barsize: 20,
          etaBuffer: 40,
        },
        Presets.shades_classic,
      )
    : undefined
  let started = false
  const show = (): void => {
    const stream = host.stations.get(station)
    const asOf = stream?.status().as_of
    if (!stream || !asOf) return
    const { mixture } = stream.dayAhead()
    const figures =
      mixture?.mae == null || mixture.skill === null
        ? 'nothing scored yet'
        : `MAE +24 h ${mixture.mae.toFixed(3)} ${unit}, ${gainText(mixture.skill)}`
    const day = asOf.slice(0, 10)
    if (!bar || until === null) {
      terminal.status(`${day}  ${figures}`)
      return
    }
    // Lines printed before the work begins stand above the bar.
    if (!started) bar.start(until - from, 0, { day, figures })
    started = true
    bar.update(Date.parse(asOf) - from, { day, figures })
  }
  const timer = setInterval(show, EVERY_MS)
  return {
    close() {
      clearInterval(timer)
      bar?.stop()
    },
  }
}
