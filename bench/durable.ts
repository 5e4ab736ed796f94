import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { openTape } from '../replay/open-tape.ts'
import type { PipelineFlags } from '../src/app/assemble-model.ts'
import { parseCount } from '../src/commands/option-values.ts'
import { networkOptions, pipelineOptions } from '../src/commands/options.ts'
import { DAY } from '../src/domain/instant.ts'
import { type RawRow, tickOf } from '../src/ingest/raw-row.ts'
import { loadStation } from '../src/ingest/station-file.ts'
import type { TickMessage } from '../src/protocol/tick.ts'
import { BARE, BARE_SINGLE, embeddedWays, NOT_KEEPING } from './durable-embedded.ts'
import { NATS_BARE, NATS_NOT_KEEPING, natsLeftOut, natsWays } from './durable-nats.ts'
import { LENGTHS, type Length, openPasts, type Pasts, tableBytes } from './durable-pasts.ts'
import { run } from './durable-process.ts'
import {
  liveRestarts,
  MOST_RESTARTS,
  natsRestarts,
  type RestartOptions,
  tapeRestarts,
} from './durable-restart.ts'
import { interleaved, type Way } from './durable-rounds.ts'
import { stationFiles } from './durable-station.ts'
import { bytesTable, latenciesTable, type Restarts, ratesTable, restartsTable } from './durable-table.ts'

/*
 * What keeping a station costs: ticks a second with and without it, beside a bare loop of the same inserts; the time to
 * restart against the length of the past; bytes of a year. `npm run bench -- durable --data FILE` runs this file on the
 * built program. Folders are on the disk of the system's temporary files (TMPDIR).
 */

const PARTS = ['embedded', 'nats', 'restart', 'restart-nats', 'tapes', 'bytes'] as const
type Part = (typeof PARTS)[number]

interface Flags {
  readonly data: string
  readonly tenMinutes?: string
  readonly parts: readonly Part[]
  readonly rounds: number
  readonly ticks: number
  readonly lengths: readonly Length[]
  readonly restarts: number
  readonly pasts?: string
  readonly json?: true
}

/** They take next to no time. */
const LIGHT = ['--experts', 'persistence,seasonal_naive,climatology']
/** Before the time runs: two months, when the last of the networks joins in. */
const LIVED = 1500
const SINGLE = 500
/** `times`: what goes faster lives through more, so that checkpoints fall into the time; over NATS all goes slower. */
const CHOICES = [
  // Nearly the bare way of a tick: a forecast with its scores is the most of what is left of the work.
  {
    experts: 'light experts, a forecast a day',
    args: [...LIGHT, '--issue-every', '1d'],
    times: 16,
    overNats: 4,
  },
  { experts: 'light experts', args: LIGHT, times: 6, overNats: 2 },
  { experts: 'all experts', args: [], times: 1, overNats: 1 },
] as const
const YEAR = LENGTHS.find(({ days }) => days === 365)!

function listOf<T>(names: readonly string[], find: (name: string) => T | undefined) {
  return (text: string): readonly T[] =>
    text.split(',').map((name) => {
      const found = find(name.trim())
      if (found === undefined) throw new InvalidArgumentError(`Expected some of ${names.join(',')}.`)
      return found
    })
}

const lengthNames = LENGTHS.map(({ name }) => name)
const flags = new Command('bench durable')
  .addOption(new Option('--data <file>', 'Jena by the hour, eight years').makeOptionMandatory())
  .addOption(new Option('--ten-minutes <file>', 'bytes: a year of Jena every ten minutes as well'))
  .addOption(
    new Option('--parts <names>', PARTS.join(','))
      .argParser(listOf(PARTS, (name) => PARTS.find((part) => part === name)))
      .default(PARTS),
  )
  .addOption(
    new Option('--rounds <n>', 'embedded, nats').argParser(parseCount({ min: 1, max: 100 })).default(5),
  )
  .addOption(
    new Option('--ticks <n>', 'embedded, nats: timed in a pass with all experts')
      .argParser(parseCount({ min: 1, max: 4000 }))
      .default(2000),
  )
  .addOption(
    new Option('--lengths <names>', `restart, tapes: ${lengthNames.join(',')}`)
      .argParser(listOf(lengthNames, (name) => LENGTHS.find((length) => length.name === name)))
      .default(LENGTHS),
  )
  .addOption(
    new Option('--restarts <n>', 'of each length')
      .argParser(parseCount({ min: 1, max: MOST_RESTARTS }))
      .default(5),
  )
  .addOption(new Option('--pasts <folder>', 'where pasts are made, and found again by the next run'))
  .addOption(new Option('--json', 'also write bench/results/durable.json'))
  .parse()
  .opts<Flags>()

const results: Record<string, unknown> = {}
const print = (text: string): void => void process.stdout.write(`\n${text}\n`)
const tell = (text: string): void => void process.stderr.write(`${text}\n`)

const loadBefore = loadavg()[0]!
const temporary = await mkdtemp(join(tmpdir(), 'tickcast-durable-'))
try {
  await bench(flags)
} finally {
  await rm(temporary, { recursive: true, force: true })
}

async function bench({ data, parts, pasts, json, rounds }: Flags): Promise<void> {
  const stations = await stationFiles(temporary)
  const opened = await openPasts({
    data,
    station: stations.hourly,
    folder: pasts ?? join(temporary, 'pasts'),
    onMaking: (what) => tell(`making a past: ${what}`),
  })
  if (parts.includes('embedded')) await embedded(stations.hourly)
  if (parts.includes('nats')) await nats(stations.hourly)
  const restarting = { pasts: opened, station: stations.hourly, folder: temporary }
  if (parts.includes('restart')) {
    await restarts('restart', 'to the next forecast', (one) => liveRestarts({ ...restarting, ...one }))
  }
  if (parts.includes('restart-nats')) {
    const left = await natsLeftOut()
    if (left !== undefined) print(`left out: NATS: ${left}`)
    else
      await restarts('restart-nats', 'to the next forecast', (one) => natsRestarts({ ...restarting, ...one }))
  }
  if (parts.includes('tapes')) {
    await restarts('tapes', 'until the tape stands', (one) => tapeRestarts({ ...restarting, ...one }, data))
  }
  if (parts.includes('bytes')) await bytes(opened, stations.fine)
  const load = [loadBefore, loadavg()[0]!]
  print(
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; load of the machine before and after: ${load
      .map((value) => value.toFixed(1))
      .join(' and ')}.`,
  )
  if (!json) return
  const folder = new URL('../bench/results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  const machine = { node: process.version, platform: process.platform, arch: process.arch, load, rounds }
  await writeFile(new URL('durable.json', folder), `${JSON.stringify({ ...machine, ...results }, null, 2)}\n`)
}

async function embedded(stationFile: string): Promise<void> {
  for (const { experts, args, times } of CHOICES) {
    const timed = flags.ticks * times
    const shared = { lived: LIVED, timed, single: SINGLE }
    const ways = embeddedWays({
      ...shared,
      ticks: await ticksOf(stationFile, LIVED + timed + SINGLE),
      station: await loadStation(stationFile),
      flags: pipelineFlags(args),
    })
    await compared(`embedded, ${experts}, ${timed} ticks a pass`, ways, [NOT_KEEPING, BARE, BARE_SINGLE])
  }
}

async function nats(stationFile: string): Promise<void> {
  const left = await natsLeftOut()
  if (left !== undefined) return print(`left out: NATS: ${left}`)
  for (const { experts, args, overNats } of CHOICES) {
    const timed = flags.ticks * overNats
    const ways = natsWays({
      ...{ stationFile, lived: LIVED, timed, single: SINGLE },
      ticks: await ticksOf(stationFile, LIVED + timed + SINGLE),
      station: await loadStation(stationFile),
      flags: args,
    })
    await compared(`NATS, ${experts}, ${timed} ticks a pass`, ways, [NATS_NOT_KEEPING, NATS_BARE])
  }
}

async function compared(title: string, ways: readonly Way[], yardsticks: readonly string[]): Promise<void> {
  const { rounds } = flags
  const { rates, latencies } = await interleaved(ways, {
    rounds,
    onRound: (round) => tell(`${title}: ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}`),
  })
  results[title] = { rates, latencies }
  print(`${title}; medians of ${rounds} interleaved rounds`)
  print(ratesTable(rates, yardsticks))
  print(latenciesTable(latencies))
}

async function restarts(
  name: 'restart' | 'restart-nats' | 'tapes',
  there: string,
  measure: (one: Pick<RestartOptions, 'length' | 'restarts'>) => Promise<Restarts>,
): Promise<void> {
  const lines: Restarts[] = []
  for (const length of flags.lengths) {
    tell(`${name}: ${length.name}`)
    lines.push(await measure({ length, restarts: flags.restarts }))
  }
  results[name] = lines
  print(
    `${name}: all experts, 170 ticks behind the last checkpoint; medians of ${flags.restarts} after kill -9`,
  )
  print(restartsTable(lines, there))
}

async function bytes(pasts: Pasts, fineStation: string): Promise<void> {
  const hourly = tableBytes(await pasts.live(YEAR))
  results['bytes by the hour'] = hourly
  print(`bytes of a station, all experts, ${YEAR.days} days by the hour`)
  print(bytesTable(hourly, YEAR.days))
  const { tenMinutes } = flags
  if (tenMinutes === undefined) return print('left out: every ten minutes: --ten-minutes FILE')
  const { first, last } = await openTape({ data: tenMinutes, station: fineStation })
  if (last === null) throw new Error(`where ${tenMinutes} ends is not known`)
  const keep = join(temporary, 'fine')
  tell('making a past: every ten minutes')
  await run(['learn', '--data', tenMinutes, '--station', fineStation, '--keep', keep])
  const fine = tableBytes(keep)
  const days = (last - first) / DAY
  results['bytes every ten minutes'] = fine
  print(`bytes of a station, all experts, ${days.toFixed(0)} days every ten minutes`)
  print(bytesTable(fine, days))
}

function pipelineFlags(args: readonly string[]): PipelineFlags {
  const command = new Command('flags')
  for (const option of [pipelineOptions(), networkOptions()].flat()) command.addOption(option)
  return command.parse(args, { from: 'user' }).opts<PipelineFlags>()
}

/** The file's first rows as live ticks, each as if it had come at its time. */
async function ticksOf(station: string, count: number): Promise<readonly TickMessage[]> {
  const rows: RawRow[] = []
  for await (const batch of (await openTape({ data: flags.data, station })).rows()) {
    rows.push(...batch)
    if (rows.length >= count) break
  }
  if (rows.length < count) throw new Error(`${flags.data} has ${rows.length} rows: ${count} are needed`)
  return rows.slice(0, count).map((row) => tickOf(row, { run: 'bench', ingestTime: row.eventTime ?? 0 }))
}
