import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { errorMessage } from '../src/domain/errors.ts'
import { eventLoopDelay } from './event-loop.ts'
import { MIN_ROUNDS, median } from './harness.ts'
import type { KernelResults } from './kernel-results.ts'
import { CONTENDERS, type ContenderName, isWhole, type Selection, selectionOf } from './kernel-selection.ts'
import { kernelTables } from './kernel-table.ts'
import { type Peer, startPeer } from './peers/peer.ts'
import { pytorchEnvironment } from './peers/pytorch-environment.ts'
import type { Task } from './recurrent-tasks.ts'

/*
 * Runs the contenders in alternation: prints the tables, and writes them to bench/results/kernel.{json,md} where all
 * took part in all tasks, often enough. `npm run bench -- kernel` runs this file and its peers on the built program,
 * with the selection as its arguments.
 */

/** What a contender took in a round, in milliseconds. */
interface RoundTimes {
  readonly median: number
  readonly undisturbed: number
}

const LOOP_SECONDS = 60
/** What a machine may be without. */
const MAY_BE_MISSING: readonly ContenderName[] = ['relaxed', 'simd128', 'pytorch']
/** They train, and predict no windows. */
const TRAINERS: readonly ContenderName[] = ['trainer1', 'trainer2', 'twins']

async function benchKernel(selection: Selection): Promise<void> {
  const { rounds, tasks, contenders } = selection
  const whole = isWhole(selection, MIN_ROUNDS)
  const loadBefore = loadavg()[0] ?? 0
  const { peers, left } = await openPeers(contenders)
  const times = new Map<string, RoundTimes[]>()
  const peaks = new Map<ContenderName, number[]>()
  for (let round = 0; round <= rounds; round++) {
    process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`)
    for (const name of ['relaxed', 'simd128'] as const) {
      const gflops = await peers.get(name)?.peak()
      if (round > 0 && gflops !== undefined) peaks.set(name, [...(peaks.get(name) ?? []), gflops])
    }
    for (const task of tasks) {
      for (const index of contenders.keys()) {
        const name = contenders[(index + round) % contenders.length]!
        const peer = peers.get(name)
        if (!peer || (TRAINERS.includes(name) && task.batch === 'window')) continue
        const question = asked(task, name)
        // What the machine's second core is worth is told by two trainers that know nothing of each other.
        const beside = name === 'twins' ? peers.get('trainer1')?.ask(question) : undefined
        const runs = [await peer.ask(question), ...(beside ? [await beside] : [])]
        const told = { median: together(runs.map(median)), undisturbed: together(runs.map(lowestTenth)) }
        if (round > 0) times.set(keyOf(task, name), [...(times.get(keyOf(task, name)) ?? []), told])
      }
    }
  }
  const load = [loadBefore, loadavg()[0] ?? 0] as const
  const versions = Object.fromEntries(
    [...peers].filter(([name]) => name !== 'twins').map(([name, { version }]) => [name, version]),
  )
  await Promise.all([...peers.values()].map((peer) => peer.close()))
  if (whole) process.stderr.write(`the event loop beside ${LOOP_SECONDS} s of training\n`)
  const loop = whole ? await eventLoopDelay(LOOP_SECONDS) : undefined

  const results: KernelResults = {
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, load },
    rounds,
    versions,
    left,
    peak: Object.fromEntries([...peaks].map(([name, values]) => [name, median(values)])),
    tasks: tasks.map((task) => {
      const entries = CONTENDERS.flatMap((name) => {
        const taken = times.get(keyOf(task, name))
        return taken ? [[name, taken] as const] : []
      })
      return {
        task,
        milliseconds: Object.fromEntries(
          entries.map(([name, taken]) => [name, median(taken.map((told) => told.median))]),
        ),
        rounds: Object.fromEntries(entries.map(([name, taken]) => [name, taken.map((told) => told.median)])),
        undisturbed: Object.fromEntries(
          entries.map(([name, taken]) => [name, taken.map((told) => told.undisturbed)]),
        ),
      }
    }),
    loop,
  }
  const tables = kernelTables(results)
  process.stdout.write(`${tables}\n`)
  if (!whole) return
  const folder = new URL('../bench/results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL('kernel.json', folder), `${JSON.stringify(results, null, 2)}\n`)
  await writeFile(new URL('kernel.md', folder), `${tables}\n`)
}

/**
 * The stock layers take seconds for a step: one a round. Everything else repeats until noise averages out.
 * Windows of the kernel's repeat until V8 has compiled all that is on their way: it forgets much of it between rounds.
 */
function asked({ network, batch }: Task, name: ContenderName) {
  const window = batch === 'window'
  const stock = name === 'stock' || name === 'defaults'
  const windows = stock ? 3 : name === 'pytorch' ? 501 : 3001
  const repeats = window ? windows : stock ? 1 : batch === 32 ? 51 : 25
  return { network, repeats, window, batch: window ? 1 : batch }
}

/** Of contenders that ran at once: what each would have taken, had they shared their steps out evenly. */
function together(times: readonly number[]): number {
  return times.length / times.reduce((rate, time) => rate + 1 / time, 0)
}

function lowestTenth(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)]!
}

const keyOf = ({ network, batch }: Task, name: ContenderName): string => `${name} ${network} ${batch}`

async function openPeers(contenders: readonly ContenderName[]) {
  const peers = new Map<ContenderName, Peer>()
  const left: string[] = []
  const built = (name: string, argument: string): Promise<Peer> =>
    startPeer(process.execPath, [fileURLToPath(new URL(`peers/${name}.mjs`, import.meta.url)), argument])
  const open: Record<ContenderName, () => Promise<Peer>> = {
    relaxed: () => built('tensorflow', 'relaxed'),
    simd128: () => built('tensorflow', 'simd128'),
    stock: () => built('tensorflow', 'stock'),
    defaults: () => built('tensorflow', 'defaults'),
    pytorch: startPytorch,
    trainer1: () => built('trainer', '1'),
    trainer2: () => built('trainer', '2'),
    twins: () => built('trainer', '1'),
  }
  for (const name of contenders) {
    try {
      peers.set(name, await open[name]())
    } catch (error) {
      // A build that this Node cannot run, a peer that is not installed; anything else is a fault of ours.
      if (!MAY_BE_MISSING.includes(name)) throw error
      left.push(`${name}: ${messageOf(error)}`)
    }
  }
  return { peers, left }
}

async function startPytorch(): Promise<Peer> {
  const program = fileURLToPath(new URL('../bench/peers/pytorch.py', import.meta.url))
  let reason = ''
  // A shell's python3 is often not the one that the system's packages belong to.
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      return await startPeer(python, [program], pytorchEnvironment(process.env))
    } catch (error) {
      reason = messageOf(error)
    }
  }
  throw new Error(`apt-get install python3-torch libopenblas0 (${reason})`)
}

function messageOf(error: unknown): string {
  return errorMessage(error)
}

await benchKernel(selectionOf(process.argv.slice(2)))
