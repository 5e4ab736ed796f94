import type { Instant } from '../src/domain/instant.ts'
import type { KeptTape } from './kept-tape.ts'
import type { KeptPlace } from './replay-controller-state.ts'

/** What is kept of a tape that is played: where it stands, and the models' states along it. */
export interface TapeMemory {
  /** Looks what is kept by now, for `before`. Never rejects. */
  look(): Promise<void>
  /** The nearest state before a time that is kept, of the first `most` rows since the models began. */
  before(time: Instant, most: number): KeptPlace | undefined
  /** Keeps how the tape stands. Never rejects: what goes wrong is told to a person. */
  keep(tape: KeptTape): Promise<void>
  /** The states behind later rows are of another past from now on. Never rejects. */
  forgetAfter(row: number): Promise<void>
}
