import { createHash } from 'node:crypto'
import {
  createReplayController,
  type ReplayController,
  type ReplayControllerParts,
} from '../../replay/replay-controller.ts'
import type { ReplayOptions } from '../../replay/replay-options.ts'
import type { Tape } from '../../replay/tape.ts'
import type { Bus } from '../bus/bus.ts'
import type { ModelDescription } from '../core/state-codec.ts'
import { systemClock } from '../domain/clock.ts'
import { DAY, formatInstant, formatSpan, type Instant, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { TapeMessage } from '../protocol/tape.ts'
import type { StationHost } from './station-host.ts'
import type { TapeStates } from './tape-states.ts'
import type { Terminal } from './terminal.ts'

/** How a tape is to be played, as the command line parses it. */
export interface TapeFlags {
  readonly speed?: number
  readonly paused?: true
  readonly loop?: true
  readonly from?: Instant
  readonly until?: Instant
  readonly leadIn?: Span
  /** Forgets what is kept of the tape. */
  readonly anew?: true
  /** It is to be played through, whatever was said of loop and pause when it was kept. */
  readonly untilEnd?: true
}

const DEFAULT_SPEED = 3600
const DEFAULT_LEAD_IN: Span = 30 * DAY

/** A controller for the tape, to be played as the flags say, or as it stands where it was kept and they do not. */
export function controllerFor(
  tape: Tape,
  {
    bus,
    flags,
    tapeStates,
    standing,
  }: {
    readonly bus: Bus
    readonly flags: TapeFlags
    readonly tapeStates?: TapeStates | undefined
    readonly standing?: ReplayControllerParts['standing']
  },
): ReplayController {
  const kept = tapeStates?.kept
  const { speed, leadIn } = pace(flags)
  const options: ReplayOptions = {
    ...((!kept || flags.speed !== undefined) && { speed }),
    leadIn,
    ...(flags.paused && { paused: true }),
    ...(flags.loop && { loop: true }),
    // A tape that was kept as it looped, or paused, would never be through; at its end it would begin anew.
    ...(flags.untilEnd && { loop: false, paused: flags.paused ?? false }),
    ...(flags.from !== undefined && { from: flags.from }),
    ...(flags.until !== undefined && { until: flags.until }),
  }
  return createReplayController({
    tape,
    bus,
    clock: systemClock,
    options,
    memory: tapeStates,
    kept,
    ...(standing && { standing }),
  })
}

/**
 * Where a tape is kept among the user's data, and what makes it another one: the rows that it has, where it begins, and
 * the models that live through it.
 */
export function tapeIdentity(
  { station, name, source, first, last }: Tape,
  { from, model }: { readonly from: Instant | undefined; readonly model: ModelDescription },
): { readonly identity: string; readonly folder: string } {
  // How it is read makes other readings of the same rows.
  const rules = readingRules(station)
  const facts = JSON.stringify([station.id, name, source, first, last, from ?? first, model, ...rules])
  const identity = createHash('sha256').update(facts).digest('hex')
  return { identity, folder: `${station.id}-${identity.slice(0, 8)}` }
}

/** What a station file says of its cells beyond columns, limits and an offset; nothing of one that says no more. */
function readingRules({
  time,
  channels,
  layout,
  outside = [],
  neighbours = [],
}: Station): readonly unknown[] {
  const { column: _, formats: __, utcOffsetMinutes: ___, ...ofTime } = time
  const ofChannels = channels.map(
    ({ name: _, column: __, unit: ___, limits: ____, sentinels: _____, ...rules }) => rules,
  )
  const rules = [
    ofTime,
    ...ofChannels,
    layout ?? {},
    ...outside.map(({ asked: _, topic: __, ...read }) => read),
    ...(neighbours === 'auto' ? [{ neighbours }] : neighbours),
  ]
  return rules.some((each) => Object.keys(each).length > 0) ? rules : []
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

/** How fast a tape goes on that was kept, for people. */
export function playingText({ speed, paused, loop }: TapeMessage): string {
  const text = speed === 'max' ? 'as fast as possible' : `${speed}x`
  return `${text}${paused ? ', paused' : ''}${loop ? ', loops' : ''}`
}

/** Where a tape goes on that was kept; nothing where it begins. */
export function printStanding(controller: ReplayController, terminal: Terminal): void {
  const { rows, position, until } = controller.state()
  if (position === null) return
  terminal.fact('goes on', `at ${position}, ${rows} rows lived (--anew begins anew)`)
  if (until !== undefined && Date.parse(until) <= Date.parse(position)) {
    terminal.warn(
      `--until ${until} lies before where the tape stands: nothing is played unless it is wound back (tickcast tape seek)`,
    )
  }
}

/**
 * A check that says, after a start, what is still lived again of a tape that was kept; from then on undefined, for what a
 * seek has lived again keeps nobody from anything.
 */
export function livedAgain(
  controller: ReplayController,
  { host, station }: { readonly host: () => StationHost | undefined; readonly station: Station },
): () => string | undefined {
  let rows: number | undefined
  let isThere = controller.state().position === null
  return () => {
    if (isThere) return undefined
    const state = controller.state()
    if (state.catching_up_to) return `the tape is lived again on the way to ${state.catching_up_to}`
    // It may have been handed over, and not be worked off yet.
    rows ??= state.rows
    isThere = (host()?.stations.get(station.id)?.ticks(state.session) ?? 0) >= rows
    return isThere ? undefined : `the tape is lived again on the way to ${state.position}`
  }
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
