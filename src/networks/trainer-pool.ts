import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { TickcastError } from '../domain/errors.ts'
import type { OptimizerState, RoundTrainer, TrainerState } from '../learn/trainer.ts'
import { startWorker } from '../threads/start-worker.ts'
import { initialTrainerState, type NetworkToTrain } from './network-to-train.ts'
import type { FromTrainerWorker, ToTrainerWorker } from './trainer-messages.ts'
import { cloneTrainerState } from './trainer-state.ts'

export interface TrainerPoolOptions {
  /** What trains, in words, where that is known without asking: then no thread starts before there is work for it. */
  readonly engine?: string | undefined
  /** Training threads at most; they start when there is work for them. Default `freeThreads()`. */
  readonly threads?: number
  /** The module that runs in them, from the folder of all sources. Default: training by the kernel. */
  readonly worker?: string
}

/** Threads that train whatever networks there are, for all stations of a process together. */
export interface TrainerPool {
  /** What trains, in words: `fused kernel (relaxed SIMD)`. */
  readonly engine: string
  /**
   * Trains a network that is drawn from a seed, each round by whichever thread is free: the weights are the same bits
   * whoever else shares the pool.
   */
  trainer(network: NetworkToTrain, seed: number): RoundTrainer
  /** Ends all threads; every pending and later round rejects. */
  close(): Promise<void>
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

/** Rounds that a thread may have at once: it goes on to the next one while the event loop is busy elsewhere. */
const MOST_TASKS = 4

type Trained = Extract<FromTrainerWorker, { readonly kind: 'trained' }>

interface Task {
  readonly message: Extract<ToTrainerWorker, { readonly kind: 'train' }>
  readonly resolve: (answer: Trained) => void
  readonly reject: (error: Error) => void
}

/** A thread, and the rounds it has, the one it is at first. */
interface Thread {
  readonly worker: Worker
  readonly tasks: Task[]
  /** Whether it has ever answered. */
  proven: boolean
}

/** Where the engine is not known, starts the first thread and waits until it can train; the event loop here stays free. */
export async function openTrainerPool({
  engine: known,
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
    for (const { tasks } of threads) for (const { reject } of tasks.splice(0)) reject(over)
  }
  const dispatch = (): void => {
    while (waiting.length > 0) {
      const thread = leastBusy()
      if (thread.tasks.length === MOST_TASKS) return
      const task = waiting.shift()!
      thread.tasks.push(task)
      thread.worker.postMessage(task.message)
    }
  }
  const leastBusy = (): Thread => {
    const [least] = [...threads].sort((one, other) => one.tasks.length - other.tasks.length)
    return least && (least.tasks.length === 0 || threads.size >= most) ? least : start()
  }
  const start = (): Thread => {
    const thread: Thread = { worker: startWorker(module, undefined), tasks: [], proven: false }
    threads.add(thread)
    const lost = (reason: string, cause?: Error): void => {
      if (!threads.delete(thread)) return
      const error = new TrainingThreadError(`the training thread ${reason}`, { cause })
      for (const { reject } of thread.tasks.splice(0)) reject(error)
      // One that never came to answer would be followed by others like it.
      if (thread.proven) dispatch()
      else end(error)
    }
    thread.worker.on('error', (cause) => lost(`failed: ${cause.message}`, cause))
    thread.worker.on('exit', (code) => lost(`ended with code ${code}`))
    thread.worker.on('message', (answer: FromTrainerWorker) => {
      thread.proven = true
      if (answer.kind !== 'trained' && answer.kind !== 'failed') return
      const task = thread.tasks.shift()
      if (answer.kind === 'trained') task?.resolve(answer)
      else task?.reject(new Error(`a training round failed: ${answer.message}`))
      dispatch()
    })
    return thread
  }

  const engine = known ?? (await readiness(start().worker))

  return {
    engine,
    trainer: (network, seed) =>
      poolTrainer(network, {
        seed,
        engine,
        train: (message) =>
          new Promise((resolve, reject) => {
            if (over) return reject(over)
            waiting.push({ message, resolve, reject })
            dispatch()
          }),
      }),
    async close() {
      end(new Error('the trainer pool is closed'))
      const ended = [...threads]
      threads.clear()
      await Promise.all(ended.map(({ worker }) => worker.terminate()))
    },
  }
}

interface PoolTrainerOptions {
  readonly seed: number
  readonly engine: string
  train(message: Task['message']): Promise<Trained>
}

function poolTrainer(network: NetworkToTrain, { seed, engine, train }: PoolTrainerOptions): RoundTrainer {
  /** The newest state, and memory for the round after it to step in. A round from any other state begins from a copy. */
  let newest: { readonly state: TrainerState; readonly spare: OptimizerState | undefined } | undefined
  const threads = network.kind === 'recurrent' ? (network.threads ?? 1) : 1
  return {
    engine: threads > 1 ? `${engine}, ${threads} threads` : engine,
    async train(state, round) {
      const goesOn = state !== undefined && newest?.state === state
      const spare = goesOn ? newest?.spare : undefined
      newest = undefined
      const copied = () => (state ? cloneTrainerState(state) : initialTrainerState(network, seed))
      const from = goesOn ? state : copied()
      const trained = await train({ kind: 'train', network, state: from, spare, round })
      newest = { state: trained.state, spare: trained.spare }
      return { result: trained.result, state: trained.state }
    },
  }
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
