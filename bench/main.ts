import { mkdir, writeFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { errorMessage } from '../src/domain/errors.ts'
import { compare, MIN_ROUNDS } from './harness.ts'
import {
  argsOf,
  CONTENDERS,
  type ContenderName,
  contendersNamed,
  roundsNamed,
  tasksNamed,
} from './kernel-selection.ts'
import type { KillFlags } from './kills.ts'
import type { PageFlags } from './page.ts'
import { TASKS, type Task } from './recurrent-tasks.ts'
import type { SeekFlags } from './seeks.ts'
import { tableOf } from './table.ts'

/** What prints the tables that the README quotes: `npm run bench -- pipeline`. */
const BENCHES = {
  pipeline: () => import('./pipeline.ts'),
}

const isName = (name: string): name is keyof typeof BENCHES => name in BENCHES

/** As a parser of commander's: what it refuses is one line that names the flag. */
function parser<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text)
    } catch (error) {
      throw new InvalidArgumentError(errorMessage(error))
    }
  }
}

/** As many as medians need. */
const manyRounds = parser((text) => {
  const rounds = roundsNamed(text)
  if (rounds < MIN_ROUNDS) throw new RangeError(`at least ${MIN_ROUNDS}; not ${rounds}`)
  return rounds
})

function countNamed(text: string): number {
  const kills = Number(text)
  if (Number.isInteger(kills) && kills > 0) return kills
  throw new RangeError(`a whole number above 0; not ${text}`)
}

interface Flags {
  readonly rounds: number
  readonly json?: true
  readonly tasks?: readonly Task[]
  readonly contenders?: readonly ContenderName[]
}

/** Collects garbage twice: what a finalizer holds back goes in the second pass. */
function bytesInUse(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const program = new Command('bench')
  .enablePositionalOptions()
  .addArgument(new Argument('<name>', 'which one').choices([...Object.keys(BENCHES), 'kernel']))
  .addOption(
    new Option('--rounds <n>', `how often; a whole bench has at least ${MIN_ROUNDS}`)
      .argParser(parser(roundsNamed))
      .default(7),
  )
  .addOption(new Option('--json', 'also write bench/results/<name>.json'))
  .addOption(new Option('--tasks <names>', 'kernel: `gru32,lstm32/128`').argParser(parser(tasksNamed)))
  .addOption(new Option('--contenders <names>', 'kernel: `ours,pytorch`').argParser(parser(contendersNamed)))
  .action(async (name: string, { rounds, json, tasks, contenders }: Flags) => {
    if (name === 'kernel') {
      const peers = ['peers/tensorflow', 'peers/trainer']
      const args = argsOf({ rounds, tasks: tasks ?? TASKS, contenders: contenders ?? CONTENDERS })
      return (await import('./built.ts')).runBuilt('kernel', { peers, args })
    }
    if (tasks || contenders) program.error(`error: --tasks and --contenders are of the kernel's bench`)
    if (rounds < MIN_ROUNDS)
      program.error(`error: --rounds: at least ${MIN_ROUNDS} for ${name}; not ${rounds}`)
    if (!isName(name)) return
    const { openBench } = await BENCHES[name]()
    const bench = await openBench()
    const results = []
    for (const group of bench.groups) {
      const lines = await compare(group, {
        rounds,
        bytesInUse,
        seconds: () => performance.now() / 1000,
        onRound: (round) =>
          process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`),
      })
      process.stdout.write(`\n${tableOf(lines, bench.unit)}\n`)
      results.push(...lines)
    }
    for (const left of bench.left) process.stdout.write(`\nleft out: ${left}\n`)
    await bench.close()
    if (json) {
      const folder = new URL('results/', import.meta.url)
      await mkdir(folder, { recursive: true })
      const machine = { node: process.version, platform: process.platform, arch: process.arch }
      await writeFile(
        new URL(`${name}.json`, folder),
        `${JSON.stringify({ ...machine, rounds, results }, null, 2)}\n`,
      )
    }
  })
program
  .command('backtest')
  .description(
    'a whole backtest, its time told by expert; flags as those of `tickcast backtest`, and --years',
  )
  .helpOption(false)
  .allowUnknownOption()
  .argument('[flags...]')
  .action(async (flags: readonly string[]) =>
    (await import('./built.ts')).runBuilt('backtest', { args: flags }),
  )
program
  .command('state')
  .description(
    'what each stage of a station knows after a year and at the end, in bytes; flags as of backtest',
  )
  .helpOption(false)
  .allowUnknownOption()
  .argument('[flags...]')
  .action(async (flags: readonly string[]) => (await import('./built.ts')).runBuilt('state', { args: flags }))
program
  .command('health')
  .description(
    'false alarms of a real station, and what faults of its sensor cost; flags as of backtest, and --alarms',
  )
  .helpOption(false)
  .allowUnknownOption()
  .argument('[flags...]')
  .action(async (flags: readonly string[]) =>
    (await import('./built.ts')).runBuilt('health', { args: flags }),
  )
program
  .command('spoil')
  .description(
    'the published forecast beside the best reference in its worst 30 days, one input after another spoiled; flags as of backtest, and --days, --only, --write',
  )
  .helpOption(false)
  .allowUnknownOption()
  .argument('[flags...]')
  .action(async (flags: readonly string[]) => (await import('./built.ts')).runBuilt('spoil', { args: flags }))
program
  .command('known-process')
  .description('the worst 30 days of who knows how a series is made: what chance does to anybody')
  .action(async () => {
    process.stdout.write(`${(await import('./known-process.ts')).knownProcess()}\n`)
  })
program
  .command('durable')
  .description('what keeping a station costs, how soon one restarts, and its bytes a year; needs --data FILE')
  .helpOption(false)
  .allowUnknownOption()
  .argument('[flags...]')
  .action(async (flags: readonly string[]) =>
    (await import('./built.ts')).runBuilt('durable', { args: flags }),
  )
program
  .command('start')
  .description('from the start of the built program until it is ready, and its memory at rest')
  .argument('[builds...]', 'folders to compare, as `npm run build` makes them (default: dist)')
  .addOption(new Option('--rounds <n>', `at least ${MIN_ROUNDS}`).argParser(manyRounds).default(5))
  .action(async (builds: readonly string[], { rounds }: { readonly rounds: number }) =>
    (await import('./start.ts')).benchStart(builds, rounds),
  )
program
  .command('bounds')
  .description(
    'what others feel while one client asks for as much as it may, and for more; the built program',
  )
  .action(async () => (await import('./bounds.ts')).benchBounds())
program
  .command('page')
  .description('the page at full speed in a real browser: its frames, heap, layout shift and bytes')
  .addOption(new Option('--minutes <n>', 'how long').argParser(Number).default(10))
  .addOption(new Option('--width <px>', 'of the window').argParser(Number).default(1360))
  .action(async (flags: PageFlags) => (await import('./page.ts')).benchPage(flags))
program
  .command('kills')
  .description('deployments that are killed with SIGKILL at random moments, beside ones that never stopped')
  .addOption(
    new Option('--kills <n>', 'how many, over all scenarios').argParser(parser(countNamed)).default(200),
  )
  .addOption(new Option('--data <file>', 'hourly rows (default: Jena 2009-2016, where it is at hand)'))
  .addOption(new Option('--seed <n>', 'of the moments (default: another one each time)').argParser(Number))
  .addOption(
    new Option('--scenarios <names>', 'live,tape,paced,wound,nats,nats-wound,nats-live').argParser((text) =>
      text.split(','),
    ),
  )
  .action(async (flags: KillFlags) => (await import('./kills.ts')).benchKills(flags))
program
  .command('seeks')
  .description(
    'how long a seek takes on a tape that was lived through, and what is kept for it; the built program',
  )
  .addOption(new Option('--data <file>', 'a file of several years').makeOptionMandatory())
  .addOption(new Option('--seeks <n>', 'how many').argParser(parser(countNamed)).default(20))
  .addOption(new Option('--seed <n>', 'of the times').argParser(Number).default(1))
  .addOption(new Option('--keep <folder>', 'where what was lived stays, and is used again'))
  .action(async (flags: SeekFlags) => (await import('./seeks.ts')).benchSeeks(flags))
await program.parseAsync()
