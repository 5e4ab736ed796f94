import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { TickcastError } from '../domain/errors.ts'
import type { RoundTrainer, Trainer, TrainingResult, TrainingRound } from '../learn/trainer.ts'
import type { BackendChoice } from '../tensorflow/backend-choice.ts'
import { startWorker } from './start-worker.ts'
import type { Asked, FromWorker, ToWorker, TrainerSetup } from './trainer-messages.ts'

export interface NetworkTrainerOptions {
  /** Default `auto`. One that is named and does not work is a `TickcastError`. */
  readonly engine?: BackendChoice
  /** That work on each batch together. Default `freeThreads()`. */
  readonly threads?: number
}

/** An answer that is awaited from the thread. */
interface Waiting {
  readonly resolve: (message: FromWorker) => void
  readonly reject: (error: Error) => void
}

/** More would find no work: a batch of 128 has eight blocks of samples. */
const MOST_THREADS = 8

/** All of the machine's cores but one, which the event loop needs. */
export function freeThreads(): number {
  return Math.min(MOST_THREADS, Math.max(1, availableParallelism() - 1))
}

/** Starts a thread that trains these networks and waits until it can; the event loop here stays free. */
export async function startNetworkTrainers({
  networks,
  engine = 'auto',
  threads = freeThreads(),
}: NetworkTrainerOptions & { readonly networks: readonly Asked[] }): Promise<Trainer[]> {
  const worker = startWorker('network-trainer-worker', { networks, engine, threads } satisfies TrainerSetup)
  const trainers = trainersOver(worker, { engine: await readiness(worker), count: networks.length })
  return networks.map(({ spec }, index) => ({ ...trainers[index]!, spec }))
}

/** The same for one network. */
export async function startNetworkTrainer({
  spec,
  seed,
  ...options
}: NetworkTrainerOptions & Asked): Promise<Trainer> {
  const [trainer] = await startNetworkTrainers({ networks: [{ spec, seed }], ...options })
  return trainer!
}

/**
 * Trainers over a thread that answers as `trainer-worker` does, one for each of its networks; closing one closes all.
 * Rounds given to `train` are given away: their arrays move to the thread and are empty here afterwards. If the thread
 * dies, every pending and later call rejects.
 */
export function trainersOver(
  worker: Worker,
  { engine, count }: { readonly engine: string; readonly count: number },
): RoundTrainer[] {
  const waiting = new Map<number, Waiting>()
  let dead: Error | undefined
  let lastId = 0

  const die = (error: Error): void => {
    dead ??= error
    for (const { reject } of waiting.values()) reject(dead)
    waiting.clear()
  }
  worker.on('error', (cause) => die(new Error(`the training thread failed: ${cause.message}`, { cause })))
  worker.on('exit', (code) => die(new Error(`the training thread ended with code ${code}`)))
  worker.on('message', (message: FromWorker) => {
    if (!('id' in message)) return
    const { resolve, reject } = waiting.get(message.id) ?? {}
    waiting.delete(message.id)
    if (message.kind === 'failed') reject?.(new Error(`a training round failed: ${message.message}`))
    else resolve?.(message)
  })

  const ask = (message: ToWorker, given: readonly ArrayBufferLike[] = []): Promise<FromWorker> => {
    if (dead) return Promise.reject(dead)
    return new Promise((resolve, reject) => {
      waiting.set(message.id, { resolve, reject })
      worker.postMessage(
        message,
        given.filter((buffer) => buffer instanceof ArrayBuffer),
      )
    })
  }

  return Array.from({ length: count }, (_, network) => ({
    engine,
    async train(round: TrainingRound): Promise<TrainingResult> {
      const given = round.batches.flatMap(({ inputs, base, issuedAt, truth }) =>
        [inputs, base, issuedAt, truth].map(({ buffer }) => buffer),
      )
      const answer = await ask({ kind: 'train', id: ++lastId, network, round }, given)
      if (answer.kind !== 'trained')
        throw new Error(`the training thread answered '${answer.kind}' to a round`)
      return answer.result
    },
    async reset() {
      await ask({ kind: 'reset', id: ++lastId, network })
    },
    async close() {
      die(new Error('the trainer is closed'))
      await worker.terminate()
    },
  }))
}

/** The engine's report once the thread can train. */
export async function readiness(worker: Worker): Promise<string> {
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`the training thread ended with code ${code} before it could train`)
  })
  const [message]: FromWorker[] = await Promise.race([once(worker, 'message'), ended])
  if (message?.kind === 'ready') return message.engine
  await worker.terminate()
  if (message?.kind === 'no_engine') throw new TickcastError('usage', message.message)
  throw new Error(`the training thread began with '${message?.kind}'`)
}
