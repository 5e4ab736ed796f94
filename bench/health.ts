import { Option } from 'commander'
import { openTape } from '../replay/open-tape.ts'
import type { Tape } from '../replay/tape.ts'
import { type BacktestFlags, runBacktest } from '../src/commands/backtest.ts'
import { type ClosedForecast, openForecasts } from '../src/core/truth-join.ts'
import { LEADS, validTime } from '../src/domain/forecast.ts'
import { DAY, formatInstant, type Instant } from '../src/domain/instant.ts'
import { type Channel, targetChannel } from '../src/domain/station.ts'
import { backtestCommand, SILENT } from './backtest-command.ts'
import { faultyTape, SENSOR_FAULTS, type SensorFault, truthOf } from './sensor-faults.ts'

/* How well faults of sensors are found, and what they cost. `npm run bench -- health` runs this on the built program. */

interface Flags extends BacktestFlags {
  readonly alarms?: true
}

interface Alarm {
  readonly time: Instant
  readonly text: string
}

interface Run {
  readonly alarms: readonly Alarm[]
  readonly masked: readonly Instant[]
  /** Of the mixture at +24 h and over the leads, against what was really so; NaN without a forecast. */
  readonly error24: number
  readonly error: number
  readonly n: number
  /** By issue time, the same at +24 h and the mean over the leads. */
  readonly errors: ReadonlyMap<Instant, readonly [number, number]>
}

const command = backtestCommand('bench health').addOption(
  new Option('--alarms', 'count false alarms alone, without faults put in'),
)
await measure(command.parse().opts<Flags>())

async function measure(flags: Flags): Promise<void> {
  const tape = widened(await openTape(flags))
  const from = flags.from ?? tape.first
  const truth = await truthOf(tape)
  const clean = await run(tape, { flags, truth })
  const years = (Math.max(...truth.keys()) - from) / (365.25 * DAY)
  say(
    `${tape.name}, ${tape.station.target}: ${clean.alarms.length} false alarms in ${years.toFixed(2)} years`,
  )
  for (const { time, text } of clean.alarms) say(`  ${formatInstant(time)} ${text}`)
  say(
    `  ${clean.masked.length} readings masked; MAE at +24 h ${clean.error24.toFixed(3)}, over the leads ${clean.error.toFixed(3)}, n ${clean.n}`,
  )
  if (flags.alarms) return
  say(
    'Error at +24 h and over the leads; times that of the clean file over the same forecasts, at +24 h and over the leads, and over all of its own at +24 h.',
  )
  say('| fault | without | times clean | with | times clean | faulty rows masked | others masked | n |')
  say('| --- | --- | --- | --- | --- | --- | --- | --- |')
  for (const fault of SENSOR_FAULTS) {
    const faulty = faultyTape(tape, fault, from)
    const without = await run({ ...faulty, station: { ...tape.station, health: 'off' } }, { flags, truth })
    const kept = await run(faulty, { flags, truth })
    say(rowOf(fault, { clean, without, kept, faulty: await changedTimes(faulty, truth, flags) }))
  }
}

/** With limits as of an owner who knows none: what no limit refuses is to be found. */
function widened(tape: Tape): Tape {
  const { station } = tape
  const wide = (channel: Channel): Channel =>
    channel.name === station.target && channel.unit === 'degC'
      ? { ...channel, limits: { min: -150, max: 150 } }
      : channel
  return { ...tape, station: { ...station, channels: station.channels.map(wide) } }
}

function rowOf(
  { name }: SensorFault,
  {
    clean,
    without,
    kept,
    faulty,
  }: Readonly<Record<'clean' | 'without' | 'kept', Run>> & { readonly faulty: ReadonlySet<Instant> },
): string {
  const found = kept.masked.filter((time) => faulty.has(time)).length
  const cells = [
    name,
    `${without.error24.toFixed(3)}, ${without.error.toFixed(3)}`,
    times(without, clean.errors),
    `${kept.error24.toFixed(3)}, ${kept.error.toFixed(3)}`,
    times(kept, clean.errors),
    `${found} of ${faulty.size}`,
    kept.masked.length - found,
    kept.n,
  ]
  return `| ${cells.join(' | ')} |`
}

/** That of the clean file over the same forecasts, since one that was not issued is not a good one; and over all of its own. */
function times({ errors, error24, error }: Run, clean: Run['errors']): string {
  const same = figuresOf([...errors.keys()].flatMap((issuedAt) => [clean.get(issuedAt) ?? []].filter(isPair)))
  const all = figuresOf([...clean.values()])
  const ratios = [error24 / same.error24, error / same.error, error24 / all.error24]
  return ratios.map((ratio) => ratio.toFixed(3)).join(', ')
}

function isPair(one: readonly number[]): one is readonly [number, number] {
  return one.length === 2
}

async function run(
  tape: Tape,
  { flags, truth }: { readonly flags: Flags; readonly truth: ReadonlyMap<Instant, number> },
): Promise<Run> {
  const alarms: Alarm[] = []
  const masked: Instant[] = []
  const errors = new Map<Instant, readonly [number, number]>()
  const add = (closed: readonly ClosedForecast[]): void => {
    for (const { forecast } of closed) {
      const { issuedAt, mean } = forecast
      const off = Array.from(mean, (value, lead) =>
        Math.abs(value - (truth.get(validTime(issuedAt, lead)) ?? Number.NaN)),
      )
      if (off.every(Number.isFinite)) errors.set(issuedAt, [off[LEADS - 1]!, meanOf(off)])
    }
  }
  const { state } = await runBacktest(tape, {
    flags,
    terminal: SILENT,
    onClosed: add,
    instruments: {
      aroundModel: (model) => ({
        ...model,
        remember(state, event) {
          const { faults } = state.health
          const { value } = state.health.accepted ?? {}
          const done = model.remember(state, event)
          const { eventTime, flagged } = done.reading
          if (flagged) masked.push(eventTime)
          if (flagged && state.health.faults > faults)
            alarms.push({ time: eventTime, text: `${flagged.fault}: ${value} -> ${flagged.value}` })
          return done
        },
      }),
    },
  })
  add(openForecasts(state.truths))
  return {
    alarms,
    masked,
    ...figuresOf([...errors.values()]),
    errors,
  }
}

function figuresOf(errors: readonly (readonly [number, number])[]): Pick<Run, 'error24' | 'error' | 'n'> {
  const error24 = meanOf(errors.map(([at24]) => at24))
  return { error24, error: meanOf(errors.map(([, over]) => over)), n: errors.length }
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length
}

/** The times at which the sensor says what is not so, within the limits: others are refused before. */
async function changedTimes(
  tape: Tape,
  truth: ReadonlyMap<Instant, number>,
  { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: Flags,
): Promise<Set<Instant>> {
  const { limits } = targetChannel(tape.station)
  const said = await truthOf(tape)
  return new Set(
    [...said].flatMap(([time, value]) =>
      time >= from && time < until && truth.get(time) !== value && value >= limits.min && value <= limits.max
        ? time
        : [],
    ),
  )
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
