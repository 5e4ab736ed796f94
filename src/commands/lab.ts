import { setImmediate } from 'node:timers/promises'
import { untilInterrupted } from '../app/interrupt.ts'
import { openTerminal, type Terminal } from '../app/terminal.ts'
import { TickcastError } from '../domain/errors.ts'
import type { Experiment } from '../lab/experiment.ts'
import { EXPERIMENTS, namedExperiments } from '../lab/experiments.ts'
import { epochLine, progressLine, resultLine } from '../lab/progress-lines.ts'
import { openResults, type ResultFolder } from '../lab/result-folder.ts'
import { runExperiment } from '../lab/run-experiment.ts'
import type { LabRunFlags } from './lab-flags.ts'
import { dataSources } from './lab-sources.ts'

/** The names of the experiments with what they are, or all there is to know of them as JSON. */
export function labList({ json }: { readonly json?: boolean }): void {
  if (json) {
    for (const experiment of EXPERIMENTS) process.stdout.write(`${JSON.stringify(experiment)}\n`)
    return
  }
  const widest = Math.max(...EXPERIMENTS.map(({ name }) => name.length))
  for (const { name, title, epochs, question } of EXPERIMENTS) {
    process.stdout.write(`${name.padEnd(widest)}  ${title}${epochs > 0 ? ` (${epochs} epochs)` : ''}\n`)
    if (question) process.stdout.write(`${' '.repeat(widest)}  ${question}\n`)
  }
}

/** Runs experiments one after another; what is finished is kept, and what was interrupted goes on where it was left. */
export async function labRun(names: readonly string[], flags: LabRunFlags): Promise<void> {
  const wanted = namedExperiments(names)
  const experiments = withReviews(wanted, { names, flags })
  const terminal = openTerminal(process.stderr)
  const folder = openResults(flags.results)
  const sources = dataSources(flags, { terminal, folder })
  let interrupted = false
  const stopped = untilInterrupted().then(() => {
    interrupted = true
  })
  try {
    if (experiments.length < wanted.length)
      terminal.line('  the movie reviews are left out: name their archive with --reviews FILE')
    for (const experiment of experiments) {
      const result = await runOne(experiment, {
        flags,
        folder,
        terminal,
        sources,
        interrupted: () => interrupted,
        stopped,
      })
      if (result) continue
      terminal.line(
        `  interrupted: what is finished is kept in ${flags.results}; the same command goes on from there`,
      )
      process.exitCode = 130
      break
    }
  } finally {
    terminal.close()
  }
  // The handlers of signals would keep the process alive.
  process.exit()
}

interface Surroundings {
  readonly flags: LabRunFlags
  readonly folder: ResultFolder
  readonly terminal: Terminal
  readonly sources: ReturnType<typeof dataSources>
  readonly interrupted: () => boolean
  readonly stopped: Promise<void>
}

async function runOne(
  experiment: Experiment,
  { flags, folder, terminal, sources, interrupted, stopped }: Surroundings,
): Promise<boolean> {
  const { protocol, seed, epochs, steps } = flags
  // A large file takes a while to read: nobody waits for its end to be rid of it.
  const source = await Promise.race([sources.taskOf(experiment), stopped])
  if (!source) return false
  const { task, data } = source
  let epoch = 1
  let began = performance.now()
  const total = { epochs: epochs ?? experiment.epochs, steps: steps ?? task.stepsPerEpoch }
  const outcome = await runExperiment({
    experiment,
    task,
    data,
    ...(experiment.task === 'jena' && { protocol }),
    seed,
    ...(epochs !== undefined && { epochs }),
    ...(steps !== undefined && { steps }),
    folder,
    onStart({ result, resumed }) {
      epoch = result.epochs.length + 1
      terminal.line(`${experiment.name}: ${experiment.title}`)
      terminal.fact('engine', `${result.engine}, ${result.parameters} parameters`)
      if (resumed) terminal.line(`  goes on after epoch ${result.epochs.length}`)
    },
    watch: {
      step(step, loss) {
        const seconds = (performance.now() - began) / 1000
        terminal.status(
          progressLine({ name: experiment.name, epoch, ...total, step, of: total.steps, loss, seconds }),
        )
      },
      async epoch(record, { result }) {
        epoch = record.epoch + 1
        began = performance.now()
        terminal.line(epochLine(record, { epochs: total.epochs, result }))
      },
      async leave() {
        await setImmediate()
        return interrupted()
      },
      now: () => performance.now() / 1000,
    },
  })
  if (outcome) terminal.line(resultLine(experiment, outcome))
  return outcome !== undefined
}

/** Reviews need their archive: those that are named cannot do without, `all` leaves them out. */
function withReviews(
  wanted: readonly Experiment[],
  { names, flags }: { readonly names: readonly string[]; readonly flags: LabRunFlags },
): readonly Experiment[] {
  if (flags.reviews !== undefined) return wanted
  const named = wanted.find(({ name, task }) => task === 'reviews' && names.includes(name))
  if (named)
    throw new TickcastError(
      'usage',
      `${named.name} needs the movie reviews: --reviews FILE, aclImdb_v1.tar.gz as published`,
    )
  return wanted.filter(({ task }) => task !== 'reviews')
}
