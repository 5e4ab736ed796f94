import type { Reading, Rejection } from '../domain/reading.ts'

/** What comes out of ordering: readings in strictly increasing event time, and why others were rejected. */
export type Arrival =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'rejected'; readonly reading: Reading; readonly rejection: Rejection }
  /**
   * A replay session begins, the first one too, or `live` behind a tape that has run ahead of the present: whatever was
   * built from earlier readings is to be forgotten. `again`: the first moment of all comes again, with more of its parts.
   */
  | { readonly kind: 'session'; readonly session: string; readonly again?: true }

/** A reading that holds other channels of the moment of one that is still held, and comes out with that. */
export interface Merged {
  readonly kind: 'merged'
  readonly reading: Reading
}
