import { setPriority } from 'node:os'

/** The niceness of a thread that nobody waits for at the moment. */
const NICENESS = 10

/**
 * Lets other threads have the processor before the one that calls this: on as many cores as a small machine has, training
 * would hold a tick up for as long as it takes itself. Linux counts each thread for itself; elsewhere it is the process that
 * has a priority, and nothing changes.
 */
export function yieldProcessor(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(NICENESS)
  } catch {
    // A container may forbid it, and then threads are alike.
  }
}
