import type { MessagePort } from 'node:worker_threads'
import type { TrainingResult, TrainingRound } from '../learn/trainer.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/**
 * A training thread's work: rounds in the order they come, weights given away without copying them. `begin` starts
 * from nothing, now and at every reset.
 */
export function serveRounds(port: MessagePort, begin: () => (round: TrainingRound) => TrainingResult): void {
  let train = begin()
  port.on('message', (message: ToWorker) => {
    const tell = (answer: FromWorker, given: ArrayBufferLike[] = []): void =>
      port.postMessage(
        answer,
        given.filter((buffer) => buffer instanceof ArrayBuffer),
      )
    const { id } = message
    try {
      switch (message.kind) {
        case 'train': {
          const result = train(message.round)
          tell(
            { kind: 'trained', id, result },
            result.weights.arrays.map(({ values }) => values.buffer),
          )
          return
        }
        case 'reset':
          train = begin()
          tell({ kind: 'was_reset', id })
          return
      }
    } catch (error) {
      tell({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) })
    }
  })
}
