import type { MessagePort } from 'node:worker_threads'
import { errorMessage } from '../domain/errors.ts'
import { yieldProcessor } from '../threads/yield-processor.ts'
import type { NetworkToTrain } from './network-to-train.ts'
import { type Trainable, trainRound } from './train-round.ts'
import type { FromTrainerWorker, ToTrainerWorker } from './trainer-messages.ts'

/**
 * A training thread's work: any network's round from the state it is given; the weights' memory goes back without being
 * copied. Where training stands is kept by whoever asks; here is but what each network needs to be differentiated, for
 * as long as the thread lives.
 */
export function serveRounds(
  port: MessagePort,
  open: (network: NetworkToTrain) => Trainable | Promise<Trainable>,
): void {
  yieldProcessor()
  const networks = new Map<string, Trainable>()
  const tell = (answer: FromTrainerWorker, given: ArrayBufferLike[] = []): void =>
    port.postMessage(
      answer,
      given.filter((buffer) => buffer instanceof ArrayBuffer),
    )

  const opened = async (network: NetworkToTrain): Promise<Trainable> => {
    const key = JSON.stringify(network)
    const known = networks.get(key)
    if (known) return known
    const fresh = await open(network)
    networks.set(key, fresh)
    return fresh
  }
  const handle = async (message: ToTrainerWorker): Promise<void> => {
    try {
      const { network, state, spare, round } = message
      const trained = trainRound(await opened(network), state, { round, spare })
      const given = trained.result.weights.arrays.map(({ values }) => values.buffer)
      tell({ kind: 'trained', ...trained }, given)
    } catch (error) {
      tell({ kind: 'failed', message: errorMessage(error) })
    }
  }

  let queue = Promise.resolve()
  port.on('message', (message: ToTrainerWorker) => {
    queue = queue.then(() => handle(message))
  })
}
