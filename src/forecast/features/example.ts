import type { Instant } from '../../domain/instant.ts'
import type { NeighboursNow } from '../../domain/neighbour.ts'
import type { AheadNow } from '../ahead/ahead-columns.ts'
import type { OutsideNow } from '../outside/outside-book.ts'

/** What was known at an issue, joined with what came: given out once all its labels have matured. */
export interface Example {
  readonly issuedAt: Instant
  /** The target's newest measurement at the issue. */
  readonly current: number
  /** The columns of `featureLayout`. */
  readonly features: Float64Array
  /** What others said then; absent where nobody said anything. */
  readonly outside?: OutsideNow
  /** What neighbours had measured by then; absent where none had said anything of late. */
  readonly neighbours?: NeighboursNow
  /** What was said then of other quantities than the target; absent where nothing was. */
  readonly ahead?: AheadNow
  /** Shape [lead 24], in the target's unit; NaN where no measurement came. */
  readonly truth: Float64Array
}
