import type { MessagePort } from 'node:worker_threads'
import type { TrainingResult, TrainingRound } from '../learn/trainer.ts'
import type { FromWorker, ToWorker } from './trainer-messages.ts'

/**
 * A training thread's work: rounds in the order they come, weights given away without copying them. Each of
 * `networks` starts one from nothing, now and at every reset.
 */
export function serveRounds(
  port: MessagePort,
  networks: readonly (() => (round: TrainingRound) => TrainingResult)[],
): void {
  const trains = networks.map((begin) => begin())
  port.on('message', (message: ToWorker) => {
    const tell = (answer: FromWorker, given: ArrayBufferLike[] = []): void =>
      port.postMessage(
        answer,
        given.filter((buffer) => buffer instanceof ArrayBuffer),
      )
    const { id, network } = message
    try {
      switch (message.kind) {
        case 'train': {
          const result = trains[network]!(message.round)
          tell(
            { kind: 'trained', id, result },
            result.weights.arrays.map(({ values }) => values.buffer),
          )
          return
        }
        case 'reset':
          trains[network] = networks[network]!()
          tell({ kind: 'was_reset', id })
          return
      }
    } catch (error) {
      tell({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) })
    }
  })
}
