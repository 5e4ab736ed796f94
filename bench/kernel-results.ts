import type { LoopDelay } from './event-loop.ts'
import type { ContenderName } from './kernel-selection.ts'
import type { Task } from './recurrent-tasks.ts'

export interface TaskResult {
  readonly task: Task
  /** Milliseconds, median over the rounds of the medians within each. */
  readonly milliseconds: Partial<Record<ContenderName, number>>
  /** By round, for ratios within a round. */
  readonly rounds: Partial<Record<ContenderName, readonly number[]>>
  /** As `rounds`, of each round the time that a tenth of the repeats do not exceed: those that nothing disturbed. */
  readonly undisturbed: Partial<Record<ContenderName, readonly number[]>>
}

export interface KernelResults {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly node: string
    /**
     * Load average of the machine (runnable processes) over the last minute, before and after; above 1 others were at
     * work too.
     */
    readonly load: readonly [number, number]
  }
  readonly rounds: number
  /** What each contender says it is. */
  readonly versions: Partial<Record<ContenderName, string>>
  readonly left: readonly string[]
  /** GFLOP/s of multiply-adds alone, by build. */
  readonly peak: Partial<Record<ContenderName, number>>
  readonly tasks: readonly TaskResult[]
  /** Of a whole bench only. */
  readonly loop: LoopDelay | undefined
}
