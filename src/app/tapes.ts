import {
  createReplayController,
  type ReplayController,
  type ReplayOptions,
} from '../../replay/replay-controller.ts'
import type { Tape } from '../../replay/tape.ts'
import type { Bus } from '../bus/bus.ts'
import { systemClock } from '../domain/clock.ts'
import { DAY, formatInstant, formatSpan, type Instant, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { StationHost } from './station-host.ts'
import type { Terminal } from './terminal.ts'

/** How a tape is to be played, as the command line parses it. */
export interface TapeFlags {
  readonly speed?: number
  readonly paused?: true
  readonly loop?: true
  readonly from?: Instant
  readonly until?: Instant
  readonly leadIn?: Span
}

const DEFAULT_SPEED = 3600
const DEFAULT_LEAD_IN: Span = 30 * DAY

/** A controller for the tape, to be played as the flags say. */
export function controllerFor(
  tape: Tape,
  { bus, flags }: { readonly bus: Bus; readonly flags: TapeFlags },
): ReplayController {
  const options: ReplayOptions = {
    ...pace(flags),
    paused: flags.paused ?? false,
    loop: flags.loop ?? false,
    ...(flags.from !== undefined && { from: flags.from }),
    ...(flags.until !== undefined && { until: flags.until }),
  }
  return createReplayController({ tape, bus, clock: systemClock, options })
}

/** Without --speed the first month goes at once, so that there is something to see. */
function pace(flags: TapeFlags): { readonly speed: number; readonly leadIn: Span } {
  const { speed = DEFAULT_SPEED, leadIn = flags.speed === undefined ? DEFAULT_LEAD_IN : 0 } = flags
  return { speed, leadIn }
}

/** How fast a tape is played, for people. */
export function speedText(flags: TapeFlags): string {
  const { speed, leadIn } = pace(flags)
  const steady = Number.isFinite(speed) ? `${speed}x` : 'as fast as possible'
  const text =
    leadIn > 0 && Number.isFinite(speed) ? `the first ${formatSpan(leadIn)} at once, then ${steady}` : steady
  return flags.paused ? `${text}, paused` : text
}

export function printTape({ name, source, station, first, last, notes }: Tape, terminal: Terminal): void {
  const span = `${formatInstant(first)} to ${last === null ? 'an end not known yet' : formatInstant(last)}`
  terminal.fact(
    'data',
    source === 'simulated'
      ? `SIMULATED weather: no instrument has measured this (${span})`
      : `${name}, ${span}`,
  )
  terminal.fact(
    'station',
    `${source === 'simulated' ? station.id : `${station.id}: ${station.title}`}; forecasts ${station.target}, a row every ${formatSpan(station.cadence)}`,
  )
  for (const note of notes) terminal.fact('', note)
}

/** Resolves when the tape is through and every tick of it has passed the pipeline. */
export async function workedOff(
  controller: ReplayController,
  {
    host,
    station,
    signal,
  }: { readonly host: StationHost; readonly station: Station; readonly signal: AbortSignal },
): Promise<void> {
  const { rows, session } = await controller.finished
  while (!signal.aborted && (host.stations.get(station.id)?.ticks(session) ?? 0) < rows) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
