import { resourceUsage } from 'node:process'
import type { Tape } from '../../replay/tape.ts'
import { openApp } from '../app/app.ts'
import type { Instruments, PipelineFlags } from '../app/assemble-model.ts'
import { chooseTape } from '../app/data.ts'
import { untilInterrupted } from '../app/interrupt.ts'
import { openLog } from '../app/log.ts'
import { withPlugins } from '../app/plugins.ts'
import { printTape, workedOff } from '../app/tapes.ts'
import { openTerminal, type Terminal } from '../app/terminal.ts'
import type { StationState } from '../core/station-state.ts'
import { type ClosedForecast, openForecasts } from '../core/truth-join.ts'
import { TickcastError } from '../domain/errors.ts'
import { formatInstant, type Instant, MINUTE } from '../domain/instant.ts'
import { targetChannel } from '../domain/station.ts'
import { differenceUnit } from '../domain/unit.ts'
import { checkStationNames, chosenEntries, expertNames } from '../experts/choose.ts'
import { MIXTURE } from '../forecast/mixture.ts'
import type { Place } from '../ingest/asked-issuer.ts'
import type { EngineChoice } from '../networks/engine-choice.ts'
import type { StatusMessage } from '../protocol/status.ts'
import { figuresOf } from '../report/figures.ts'
import type { ReportedRun } from '../report/reported-run.ts'
import { figureLines } from '../report/text.ts'
import { type BacktestResultsState, backtestResults } from '../verify/backtest-results.ts'
import { openBacktestProgress } from './backtest-progress.ts'
import { type ForecastFile, openForecastFile } from './forecast-file.ts'
import { checkSomethingRead, refusals } from './nothing-read.ts'
import { checkWritable, type ReportFlags, writeReports } from './report-files.ts'

export interface BacktestFlags extends PipelineFlags, ReportFlags {
  readonly engine: EngineChoice
  readonly station?: string
  readonly outside?: readonly string[]
  readonly openMeteo?: Place
  readonly neighbour?: readonly string[]
  readonly from?: Instant
  readonly until?: Instant
  readonly scoreFrom?: Instant
  /** Where every forecast is written, in the format of its ending. */
  readonly forecasts?: string
  readonly json?: true
}

/** What `--json` prints: how it ran, and what it found. */
export interface BacktestSummary extends ReportedRun {
  readonly readings: number
  readonly rejected: number
  /** Faults of the target's sensor, and how many readings were masked for them. */
  readonly sensor: { readonly faults: number; readonly masked: number }
  /** By expert that trains: rounds whose outcome took effect, and how many of them were rolled back. */
  readonly networks: NonNullable<StatusMessage['training']['networks']>
}

export interface BacktestOutcome {
  readonly summary: BacktestSummary
  readonly results: BacktestResultsState
  /** The station's, as it stands at the end. */
  readonly state: StationState
  readonly intake: StatusMessage['intake']
}

/**
 * Runs a file through the pipeline of a live station, as fast as it goes: learning is scheduled by event time, so the
 * forecasts are those a live run would have issued. Prints the figures, and writes a report if asked to.
 */
export async function backtest(given: BacktestFlags): Promise<void> {
  const flags = await withPlugins(given)
  chosenEntries(flags)
  const terminal = openTerminal(flags.json ? process.stderr : process.stdout)
  let file: ForecastFile | undefined
  try {
    await checkWritable(flags)
    const tape = await chooseTape(flags, terminal)
    checkStationNames(tape.station, flags)
    file = await openForecastFile(flags, expertNames(tape.station, flags))
    printTape(tape, terminal)
    const onClosed = file?.write
    const interrupted = untilInterrupted()
    const outcome = await runBacktest(tape, { flags, terminal, interrupted, ...(onClosed && { onClosed }) })
    const { summary, state } = outcome
    file?.write(openForecasts(state.truths))
    const files = [...(await writeReports(flags, outcome)), ...(file ? [file.finish()] : [])]
    if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
    else for (const line of summaryLines(outcome, files)) terminal.line(line)
    checkSomethingRead(outcome.intake, { name: tape.name, station: flags.station })
  } finally {
    file?.abandon()
    terminal.close()
  }
}

/** The whole run, from an open tape to its figures. */
export async function runBacktest(
  tape: Tape,
  {
    flags,
    terminal,
    interrupted,
    instruments,
    onClosed,
  }: {
    readonly flags: BacktestFlags
    readonly terminal: Terminal
    readonly interrupted?: Promise<void>
    readonly instruments?: Instruments
    /** Forecasts of which no lead is open any more; those that still have one are in the state at the end. */
    readonly onClosed?: (closed: readonly ClosedForecast[]) => void
  },
): Promise<BacktestOutcome> {
  const began = performance.now()
  const { station } = tape
  const keeper = backtestResults({
    published: MIXTURE,
    reference: 'persistence',
    scoreFrom: flags.scoreFrom ?? Number.NEGATIVE_INFINITY,
    utcOffset: station.time.utcOffsetMinutes * MINUTE,
  })
  const kept = keeper.initial()
  const ended = new AbortController()
  const log = openLog({ logLevel: 'warn' }, { terminal })
  const app = await openApp({ name: 'backtest', terminal, log, busMustHold: true })
  const controller = await app.load(tape, {
    speed: Number.POSITIVE_INFINITY,
    ...(flags.from !== undefined && { from: flags.from }),
    ...(flags.until !== undefined && { until: flags.until }),
  })
  const host = await app.forecast({
    engine: flags.engine,
    flags,
    from: 'new',
    onStation: (_, { engine, network }) =>
      terminal.fact('engine', network === 'none' ? 'none' : `${network}, trained on ${engine}`),
    onUnsuitable: (_, error) => app.fail(error),
    onLive: () => undefined,
    onSettled: (_, settlements) => void keeper.step(kept, settlements),
    ...(onClosed && { onClosed: (_, closed) => onClosed(closed) }),
    ...(instruments && { instruments }),
  })
  const progress = openBacktestProgress({
    terminal,
    station: station.id,
    host,
    from: flags.from ?? tape.first,
    until: flags.until ?? tape.last,
    unit: differenceUnit(targetChannel(station).unit),
  })
  try {
    await app.play()
    await Promise.race([
      app.failure,
      ...(interrupted ? [interrupted.then(interruptedError)] : []),
      workedOff(controller, { host, station, signal: ended.signal }),
    ])
    const stream = host.stations.get(station.id)
    await app.close()
    if (!stream) throw new Error(`no pipeline of ${station.id} stood`)
    const status = stream.status()
    const wallSeconds = (performance.now() - began) / 1000
    const summary = summaryOf(tape, { flags, status, results: kept, wallSeconds })
    return { summary, results: kept, state: stream.state, intake: status.intake }
  } finally {
    ended.abort()
    progress.close()
    await app.close()
  }
}

function summaryOf(
  { name, station, first, last }: Tape,
  {
    flags,
    status,
    results,
    wallSeconds,
  }: {
    readonly flags: BacktestFlags
    readonly status: StatusMessage
    readonly results: BacktestResultsState
    readonly wallSeconds: number
  },
): BacktestSummary {
  const { intake, forecasts, engine, source, training, health } = status
  const until = flags.until ?? last
  return {
    data: name,
    station: station.id,
    target: station.target,
    unit: differenceUnit(targetChannel(station).unit),
    source,
    seed: flags.seed,
    from: formatInstant(flags.from ?? first),
    until: until === null ? (status.as_of ?? '') : formatInstant(until),
    scoreFrom: flags.scoreFrom === undefined ? null : formatInstant(flags.scoreFrom),
    rows: intake.rows,
    readings: intake.readings,
    rejected: intake.rejected,
    sensor: { faults: health?.faults ?? 0, masked: health?.masked ?? 0 },
    forecasts,
    engine,
    network: training.network,
    networks: training.networks ?? {},
    published: MIXTURE,
    experts: expertNames(station, flags),
    ...figuresOf(results, MIXTURE),
    wallSeconds: Number(wallSeconds.toFixed(2)),
    peakMemoryBytes: resourceUsage().maxRSS * 1024,
  }
}

function summaryLines({ summary, intake }: BacktestOutcome, files: readonly string[]): string[] {
  const { rows, readings, rejected, forecasts, wallSeconds, peakMemoryBytes, seed, sensor } = summary
  return [
    `${rows} rows: ${readings} readings, ${rejected} rejected; ${forecasts} forecasts; seed ${seed}; ${wallSeconds} s, at most ${Math.round(peakMemoryBytes / 1e6)} MB`,
    ...(rejected > 0 ? [`rejected: ${refusals(intake).counts}; such as ${refusals(intake).why}`] : []),
    ...(sensor.faults > 0
      ? [`sensor: ${sensor.faults} faults, ${sensor.masked} readings masked: not scored, not learnt from`]
      : []),
    '',
    ...figureLines(summary, summary),
    ...(files.length > 0 ? ['', `written: ${files.join(', ')}`] : []),
  ]
}

function interruptedError(): never {
  throw new TickcastError('usage', 'interrupted before the end of the file: no figures')
}
