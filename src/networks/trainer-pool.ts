import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { TickcastError } from '../domain/errors.ts'
import type { RoundTrainer, TrainingResult, TrainingRound } from '../learn/trainer.ts'
import { initialTrainerState, type NetworkToTrain } from './network-to-train.ts'
import type { OptimizerState } from './optimizer.ts'
import { startWorker } from './start-worker.ts'
import type { FromTrainerWorker, ToTrainerWorker } from './trainer-messages.ts'
import { cloneTrainerState, type TrainerState } from './trainer-state.ts'

export interface TrainerPoolOptions {
  /** Training threads at most; they start when there is work for them. Default `freeThreads()`. */
  readonly threads?: number
  /** The module that runs in them, from the folder of all sources. Default: training by the kernel. */
  readonly worker?: string
}

/** Threads that train whatever networks there are, for all of them together. */
export interface TrainerPool {
  /** What trains, in words: `fused kernel (relaxed SIMD)`. */
  readonly engine: string
  /** A network to be trained here, from nothing or from where it was left. */
  trainer(
    network: NetworkToTrain,
    begin: { readonly seed: number; readonly state?: TrainerState },
  ): PoolTrainer
  /** Ends all threads; every pending and later call of its trainers rejects. */
  close(): Promise<void>
}

/**
 * A network's rounds, worked off in the order they were asked for, by whichever thread is free: the weights are the
 * same bits whoever else shares the pool. Rounds are given away: their arrays are empty here afterwards.
 */
export interface PoolTrainer extends RoundTrainer {
  /** Where training stands after all that was asked for before: a copy. */
  state(): Promise<TrainerState>
  /** Goes on from there, after all that was asked for before. */
  load(state: TrainerState): Promise<void>
}

/** A round failed because its thread is no more. The network stands where it stood before the round. */
export class TrainingThreadError extends Error {
  override readonly name = 'TrainingThreadError'
}

/** More would find no work: a batch of 128 has eight blocks of samples. */
const MOST_THREADS = 8

/** All of the machine's cores but one, which the event loop needs. */
export function freeThreads(): number {
  return Math.min(MOST_THREADS, Math.max(1, availableParallelism() - 1))
}

type Trained = Extract<FromTrainerWorker, { readonly kind: 'trained' }>

interface Task {
  readonly message: Extract<ToTrainerWorker, { readonly kind: 'train' }>
  readonly resolve: (answer: Trained) => void
  readonly reject: (error: Error) => void
}

/** A thread, and what it is at. */
interface Thread {
  readonly worker: Worker
  task: Task | undefined
  /** Whether it has ever answered. */
  proven: boolean
}

/** Starts the first thread and waits until it can train; the event loop here stays free. */
export async function openTrainerPool({
  threads: most = freeThreads(),
  worker: module = 'networks/trainer-worker',
}: TrainerPoolOptions = {}): Promise<TrainerPool> {
  const threads = new Set<Thread>()
  const waiting: Task[] = []
  /** Why nothing is trained here any more. */
  let over: Error | undefined

  const end = (reason: Error): void => {
    over ??= reason
    for (const { reject } of waiting.splice(0)) reject(over)
    for (const { task } of threads) task?.reject(over)
  }
  const dispatch = (): void => {
    while (waiting.length > 0) {
      const free = [...threads].find(({ task }) => !task) ?? (threads.size < most ? start() : undefined)
      if (!free) return
      free.task = waiting.shift()!
      const { message } = free.task
      free.worker.postMessage(message, givenAway(message.round))
    }
  }
  const start = (): Thread => {
    const thread: Thread = { worker: startWorker(module, undefined), task: undefined, proven: false }
    threads.add(thread)
    const lost = (reason: string, cause?: Error): void => {
      if (!threads.delete(thread)) return
      const error = new TrainingThreadError(`the training thread ${reason}`, { cause })
      thread.task?.reject(error)
      // One that never came to answer would be followed by others like it.
      if (thread.proven) dispatch()
      else end(error)
    }
    thread.worker.on('error', (cause) => lost(`failed: ${cause.message}`, cause))
    thread.worker.on('exit', (code) => lost(`ended with code ${code}`))
    thread.worker.on('message', (answer: FromTrainerWorker) => {
      const { task } = thread
      thread.proven = true
      if (!task || (answer.kind !== 'trained' && answer.kind !== 'failed')) return
      thread.task = undefined
      if (answer.kind === 'trained') task.resolve(answer)
      else task.reject(new Error(`a training round failed: ${answer.message}`))
      dispatch()
    })
    return thread
  }

  const first = start()
  const engine = await readiness(first.worker)

  return {
    engine,
    trainer: (network, begin) =>
      poolTrainer(network, {
        begin,
        engine,
        train: (message) =>
          new Promise((resolve, reject) => {
            if (over) return reject(over)
            waiting.push({ message, resolve, reject })
            dispatch()
          }),
        release() {
          for (const { worker } of threads) {
            worker.postMessage({ kind: 'release', network } satisfies ToTrainerWorker)
          }
        },
      }),
    async close() {
      end(new Error('the trainer is closed'))
      const ended = [...threads]
      threads.clear()
      await Promise.all(ended.map(({ worker }) => worker.terminate()))
    },
  }
}

interface PoolTrainerOptions {
  readonly begin: { readonly seed: number; readonly state?: TrainerState }
  readonly engine: string
  train(message: Task['message']): Promise<Trained>
  release(): void
}

function poolTrainer(
  network: NetworkToTrain,
  { begin, engine, train, release }: PoolTrainerOptions,
): PoolTrainer {
  let state = begin.state ? cloneTrainerState(begin.state) : initialTrainerState(network, begin.seed)
  let spare: OptimizerState | undefined
  let closed = false
  let last: Promise<unknown> = Promise.resolve()

  /** After all that was asked for before, whatever came of it. */
  const inTurn = <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    const turn = last.then(() => {
      if (closed) throw new Error('the trainer is closed')
      return work()
    })
    last = turn.catch(() => undefined)
    return turn
  }

  const threads = network.kind === 'recurrent' ? (network.threads ?? 1) : 1
  return {
    engine: threads > 1 ? `${engine}, ${threads} threads` : engine,
    train: (round) =>
      inTurn(async (): Promise<TrainingResult> => {
        const trained = await train({ kind: 'train', network, state, spare, round })
        if (closed) throw new Error('the trainer is closed')
        state = trained.state
        spare = trained.spare
        return trained.result
      }),
    reset: () =>
      inTurn(() => {
        state = initialTrainerState(network, begin.seed)
        spare = undefined
      }),
    state: () => inTurn(() => cloneTrainerState(state)),
    load: (loaded) =>
      inTurn(() => {
        state = cloneTrainerState(loaded)
        spare = undefined
      }),
    async close() {
      closed = true
      release()
    },
  }
}

function givenAway({ batches }: TrainingRound): ArrayBuffer[] {
  return batches
    .flatMap(({ inputs, base, issuedAt, truth }) =>
      [inputs, base, issuedAt, truth].map(({ buffer }) => buffer),
    )
    .filter((buffer) => buffer instanceof ArrayBuffer)
}

/** What trains, in words, once the thread can train. */
async function readiness(worker: Worker): Promise<string> {
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`the training thread ended with code ${code} before it could train`)
  })
  const [message]: FromTrainerWorker[] = await Promise.race([once(worker, 'message'), ended])
  if (message?.kind === 'ready') return message.engine
  await worker.terminate()
  if (message?.kind === 'no_engine') throw new TickcastError('usage', message.message)
  throw new Error(`the training thread began with '${message?.kind}'`)
}
