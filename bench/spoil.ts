import { Option } from 'commander'
import { openTape } from '../replay/open-tape.ts'
import type { Tape } from '../replay/tape.ts'
import { type BacktestFlags, runBacktest } from '../src/commands/backtest.ts'
import { openForecastFile } from '../src/commands/forecast-file.ts'
import { parseCount } from '../src/commands/option-values.ts'
import { scoreFromOption } from '../src/commands/options.ts'
import { type ClosedForecast, openForecasts } from '../src/core/truth-join.ts'
import { DAY, formatInstant, type Instant } from '../src/domain/instant.ts'
import { seededRandom } from '../src/domain/random.ts'
import { expertNames } from '../src/experts/choose.ts'
import { backtestCommand, SILENT } from './backtest-command.ts'
import { truthOf } from './sensor-faults.ts'
import { SPOILINGS, type SpoiledFrom, type Spoiling, withInventedIssuer } from './spoilings.ts'
import {
  ALL_LEADS,
  ALLOWED,
  addForecasts,
  type DailyErrors,
  referencesOf,
  type ScoredForecast,
  TOLD_LEADS,
  type Told,
  worstWindow,
} from './thirty-days.ts'

/*
 * Whether what is published is ever worse than what anybody could have said, whichever input is spoiled on a random day.
 * `npm run bench -- spoil` runs this on the built program.
 */

interface Flags extends BacktestFlags {
  readonly days: number
  readonly only?: string
  readonly write?: string
}

/** As shares of the tape: earlier little is learnt, later there are no 30 days to see what came of it. */
const EARLIEST = 0.3
const LATEST = 0.75
/** How long a spoiling is followed. */
const FOLLOWED = 90 * DAY
const TOLD: readonly Told[] = [...TOLD_LEADS, ALL_LEADS]

const command = backtestCommand('bench spoil')
  .addOption(
    new Option('--days <n>', 'random days to spoil at, drawn from the seeds 1 to n')
      .argParser(parseCount({ min: 1, max: 100 }))
      .default(1),
  )
  .addOption(scoreFromOption())
  .addOption(new Option('--only <text>', 'only what has this in its name'))
  .addOption(new Option('--write <folder>', 'every forecast of each run, as `backtest --forecasts`'))
await measure(command.parse().opts<Flags>())

async function measure(flags: Flags): Promise<void> {
  const tape = await openTape(flags)
  const [from, until] = [flags.from ?? tape.first, flags.until ?? tape.last]
  if (until === null) throw new Error('where this file ends is not known: say --until DATE')
  const truth = await truthOf(tape)
  const known = { deviation: deviationOf([...truth.values()]), truth }
  say(
    `${tape.name}, ${tape.station.target}: ${formatInstant(from)} to ${formatInstant(until)}, run seed ${flags.seed}`,
  )
  say(
    `Worst 30 days: error over that of the best reference, their first day, who that was; windows above ${ALLOWED}`,
  )
  say(`| | day (seed) | ${TOLD.map(nameOf).join(' | ')} |`)
  say(`| --- | --- |${' --- |'.repeat(TOLD.length)}`)
  const report = async (
    name: string,
    spoiled: Tape,
    when?: { readonly at: Instant; readonly seed: number },
  ) => {
    const end = when ? Math.min(until, when.at + FOLLOWED) : until
    const days = await run(spoiled, {
      flags: { ...flags, from, until: end },
      name: `${name} ${when?.seed ?? ''}`,
    })
    const references = referencesOf(spoiled.station)
    const within = {
      from: Math.max(flags.scoreFrom ?? from, when ? when.at - 29 * DAY : from),
      until: end,
    }
    const cells = TOLD.map((told) => cellOf(worstWindow(days, { references, told, ...within })))
    say(
      `| ${name} | ${when ? `${formatInstant(when.at).slice(0, 10)} (${when.seed})` : ''} | ${cells.join(' | ')} |`,
    )
  }
  const isAsked = (name: string) => name.includes(flags.only ?? '')
  if (isAsked('clean')) await report('clean', tape)
  const hasIssuers = (tape.station.outside ?? []).length > 0
  const heard = hasIssuers ? tape : withInventedIssuer(tape, { ...known, at: from }, flags.seed)
  const chosen = SPOILINGS.filter(({ name }) => isAsked(name))
  if (!hasIssuers && chosen.some(({ of }) => of === 'issuer'))
    await report('clean, an invented issuer', heard)
  for (let seed = 1; seed <= flags.days; seed++) {
    const share = EARLIEST + (LATEST - EARLIEST) * seededRandom(seed).unit()
    const at = Math.floor((from + share * (until - from)) / DAY) * DAY
    for (const spoiling of chosen) {
      const of = spoiling.of === 'issuer' ? heard : tape
      if (isPossible(spoiling, of))
        await report(spoiling.name, spoiling.spoil(of, { ...known, at }), { at, seed })
    }
  }
}

function isPossible({ of }: Spoiling, { station }: Tape): boolean {
  if (of === 'neighbour') return station.neighbours !== undefined
  return of !== 'channel' || station.channels.length > 1
}

async function run(
  tape: Tape,
  { flags, name }: { readonly flags: Flags; readonly name: string },
): Promise<DailyErrors> {
  const days: DailyErrors = new Map()
  const references = referencesOf(tape.station)
  const written = flags.write && `${flags.write}/${name.trim().replaceAll(/[^a-zA-Z0-9]+/g, '_')}.csv`
  const file = await openForecastFile(written ? { forecasts: written } : {}, expertNames(tape.station, flags))
  const { state } = await runBacktest(tape, {
    flags,
    terminal: SILENT,
    onClosed(closed) {
      addForecasts(days, closed.map(scored), references)
      file?.write(closed)
    },
  })
  const open = openForecasts(state.truths)
  addForecasts(days, open.map(scored), references)
  file?.write(open)
  file?.finish()
  return days
}

function scored({ forecast, truth }: ClosedForecast): ScoredForecast {
  return { ...forecast, truth }
}

function cellOf(worst: ReturnType<typeof worstWindow>): string {
  if (!worst) return ''
  const { ratio, from, reference, windows, above } = worst
  return `${ratio.toFixed(3)} ${formatInstant(from).slice(0, 10)} ${reference}; ${above} of ${windows}`
}

function nameOf(told: Told): string {
  return told === ALL_LEADS ? 'mean of leads' : `+${told + 1} h`
}

function deviationOf(values: readonly number[]): SpoiledFrom['deviation'] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
