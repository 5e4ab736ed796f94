import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { eventLoopDelay } from './event-loop.ts'
import { MIN_ROUNDS, median } from './harness.ts'
import { CONTENDERS, type ContenderName, type KernelResults } from './kernel-results.ts'
import { kernelTables } from './kernel-table.ts'
import { type Peer, startPeer } from './peers/peer.ts'
import { TASKS, type Task } from './recurrent-tasks.ts'

/*
 * All contenders turn by turn: prints the tables, and writes them to bench/results/kernel.{json,md}. `npm run bench --
 * kernel` runs this file and its peers on the built program, with the number of rounds as the one argument.
 */

/** What a contender took in a round, in milliseconds. */
interface RoundTimes {
  readonly median: number
  readonly undisturbed: number
}

const LOOP_SECONDS = 60
/** They train, and predict no windows. */
const TRAINERS: readonly ContenderName[] = ['trainer1', 'trainer2', 'twins']

async function benchKernel(rounds: number): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0
  const { peers, left } = await openPeers()
  const times = new Map<string, RoundTimes[]>()
  const peaks = new Map<ContenderName, number[]>()
  for (let round = 0; round <= Math.max(rounds, MIN_ROUNDS); round++) {
    process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${rounds}\n`)
    for (const name of ['relaxed', 'simd128'] as const) {
      const gflops = await peers.get(name)?.peak()
      if (round > 0 && gflops !== undefined) peaks.set(name, [...(peaks.get(name) ?? []), gflops])
    }
    for (const task of TASKS) {
      for (const index of CONTENDERS.keys()) {
        const name = CONTENDERS[(index + round) % CONTENDERS.length]!
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
  process.stderr.write(`the event loop beside ${LOOP_SECONDS} s of training\n`)
  const loop = await eventLoopDelay(LOOP_SECONDS)

  const results: KernelResults = {
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version, load },
    rounds,
    versions,
    left,
    peak: Object.fromEntries([...peaks].map(([name, values]) => [name, median(values)])),
    tasks: TASKS.map((task) => {
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

async function openPeers() {
  const peers = new Map<ContenderName, Peer>()
  const left: string[] = []
  const built = (name: string, argument: string): Promise<Peer> =>
    startPeer(process.execPath, [fileURLToPath(new URL(`peers/${name}.mjs`, import.meta.url)), argument])
  for (const variant of ['relaxed', 'simd128'] as const) {
    try {
      peers.set(variant, await built('tensorflow', variant))
    } catch (error) {
      left.push(`the ${variant} build: ${messageOf(error)}`)
    }
  }
  for (const stock of ['stock', 'defaults'] as const) peers.set(stock, await built('tensorflow', stock))
  peers.set('trainer1', await built('trainer', '1'))
  peers.set('trainer2', await built('trainer', '2'))
  peers.set('twins', await built('trainer', '1'))
  const pytorch = fileURLToPath(new URL('../bench/peers/pytorch.py', import.meta.url))
  const reasons: string[] = []
  // A shell's python3 is often not the one that the system's packages belong to.
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
      peers.set('pytorch', await startPeer(python, [pytorch], oneThread))
      break
    } catch (error) {
      reasons.push(messageOf(error))
    }
  }
  if (!peers.has('pytorch'))
    left.push(`PyTorch: apt-get install python3-torch libopenblas0 (${reasons.at(-1)})`)
  return { peers, left }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

await benchKernel(Number(process.argv[2]))
