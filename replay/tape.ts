import type { Instant } from '../src/domain/instant.ts'
import type { Station } from '../src/domain/station.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'

/** Rows with a beginning that can be played any number of times: a file, or the simulated station. */
export interface Tape {
  /** As far as the tape goes: channels it lacks are left out, its cadence is the tape's own. */
  readonly station: Station
  readonly source: 'replay' | 'simulated'
  /** For people: `jena_2020.csv`. */
  readonly name: string
  /** Event time of the first row. */
  readonly first: Instant
  /** Event time of the last row; null where finding it would take too long. */
  readonly last: Instant | null
  /** What was inferred or ignored, a sentence each. */
  readonly notes: readonly string[]
  /**
   * Batches of rows in the order of the tape, pulled as fast as they are consumed; `from` leaves out what is earlier,
   * the same rows each time.
   */
  rows(options?: { readonly from?: Instant }): AsyncGenerator<readonly RawRow[], void, undefined>
}

/** Others have their turn while rows are passed over. */
const PASSED_AT_ONCE = 4096

/** The rows behind the first `count`, one at least; `onPassed` has the last of those, undefined where there are fewer. */
export async function* behind(
  batches: AsyncIterable<readonly RawRow[]>,
  count: number,
  onPassed: (last: RawRow | undefined) => void,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  let left = count
  let passed = 0
  for await (const batch of batches) {
    if (left > 0 && batch.length >= left) onPassed(batch[left - 1])
    if (left === 0) yield batch
    else if (batch.length > left) {
      yield batch.slice(left)
      left = 0
    } else {
      left -= batch.length
      passed += batch.length
      if (passed < PASSED_AT_ONCE) continue
      passed = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  if (left > 0) onPassed(undefined)
}
