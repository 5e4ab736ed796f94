import type { MessagePort } from 'node:worker_threads'
import type { NetworkToTrain } from './network-to-train.ts'
import type { FromTrainerWorker, ToTrainerWorker } from './trainer-messages.ts'
import { type Trainable, trainRound } from './training-rounds.ts'

/** A network as this thread trains it, with what it takes up meanwhile. */
export interface OpenNetwork {
  readonly trainable: Trainable
  close(): Promise<void>
}

/**
 * A training thread's work: any network's round from the state it is given, weights given away without copying them.
 * Where training stands is kept by whoever asks; here is but what each network needs to be differentiated.
 */
export function serveRounds(
  port: MessagePort,
  open: (network: NetworkToTrain) => OpenNetwork | Promise<OpenNetwork>,
): void {
  const networks = new Map<string, OpenNetwork>()
  const tell = (answer: FromTrainerWorker, given: ArrayBufferLike[] = []): void =>
    port.postMessage(
      answer,
      given.filter((buffer) => buffer instanceof ArrayBuffer),
    )

  const opened = async (network: NetworkToTrain): Promise<OpenNetwork> => {
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
      const trained = trainRound((await opened(network)).trainable, state, { round, spare })
      const given = trained.result.weights.arrays.map(({ values }) => values.buffer)
      tell({ kind: 'trained', ...trained }, given)
    } catch (error) {
      tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }

  let queue = Promise.resolve()
  port.on('message', (message: ToTrainerWorker) => {
    queue = queue.then(() => handle(message))
  })
}
