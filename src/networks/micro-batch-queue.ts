import type { SharedBatch } from './data-parallel-messages.ts'
import type { EncodedBatch } from './encoding.ts'
import type { NetworkGradients } from './gradient-types.ts'
import { microBatchOf, type SampleRange } from './micro-batches.ts'

/**
 * How long a thread spins waiting for the others, for the next batch or for their last micro-batch, before it sleeps, in
 * milliseconds: within a round both come at once, and to be woken takes as long as some of the work.
 */
export const SPIN_WAIT_MS = 3

/**
 * One thread's part in a batch: takes the next micro-batch that nobody has taken until there is none, and leaves its loss
 * and gradient where they belong. So threads that are slower for a while do less, and none waits long for another.
 */
export function drainQueue(
  network: NetworkGradients,
  { taken, parameters, losses, gradients }: SharedBatch,
  { batch, ranges }: { readonly batch: EncodedBatch; readonly ranges: readonly SampleRange[] },
): void {
  const count = network.parameters
  for (;;) {
    const number = Atomics.add(taken, 0, 1)
    const range = ranges[number]
    if (!range) return
    const gradient = gradients.subarray(number * count, (number + 1) * count)
    losses[number] = network.lossAndGradient(parameters, microBatchOf(batch, range), gradient)
  }
}
