import type { SharedWork } from './data-parallel-messages.ts'
import type { EncodedBatch } from './encoding.ts'
import { type Share, shardOf } from './micro-batches.ts'
import type { NetworkSlopes } from './network-gradients.ts'

/**
 * How long a thread looks out for the others, for the next batch or for their last share, before it sleeps, in
 * milliseconds: within a round both come at once, and to be woken takes as long as some of the work.
 */
export const LOOKOUT_MS = 3

/**
 * One thread's part in a batch: takes the next share that nobody has taken until there is none, and leaves its loss
 * and slope where they belong. So threads that are slower for a while do less, and none waits long for another.
 */
export function workOff(
  network: NetworkSlopes,
  { taken, parameters, losses, slopes }: SharedWork,
  { batch, shares }: { readonly batch: EncodedBatch; readonly shares: readonly Share[] },
): void {
  const count = network.initial.length
  for (;;) {
    const number = Atomics.add(taken, 0, 1)
    const share = shares[number]
    if (!share) return
    const slope = slopes.subarray(number * count, (number + 1) * count)
    losses[number] = network.lossAt(parameters, shardOf(batch, share), slope)
  }
}
