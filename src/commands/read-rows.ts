import type { Tape } from '../../replay/tape.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import { order } from '../ingest/order.ts'
import { type RawRow, tickOf } from '../ingest/raw-row.ts'
import { validator } from '../ingest/validate.ts'

/** What becomes of the rows of a tape on their way to the models. */
export type ReadRow =
  | { readonly kind: 'reading'; readonly reading: Reading }
  /** `place`: where it stood, `data.csv:12`. */
  | { readonly kind: 'refused'; readonly place: string; readonly rejection: Rejection }
  /** A cell that holds no measurement, in a row that counts. */
  | { readonly kind: 'masked'; readonly place: string; readonly rejection: Rejection }
  | { readonly kind: 'merged' }

/** A session's name is a ULID on the bus; nobody sees this one. */
const REPLAY = { session: 'check', speed: 'max', paused: false } as const

/** Rows checked and put in order by the rules of every other way in, in batches. */
export async function* readRows(
  tape: Pick<Tape, 'station' | 'rows'>,
): AsyncGenerator<readonly ReadRow[], void, undefined> {
  const { station } = tape
  const validate = validator(station)
  const ordering = order({ cadence: station.cadence, channels: station.channels })
  let state = ordering.initial()
  const placeOf = (tick = ''): string => tick.slice(tick.indexOf('/') + 1)
  const read = (row: RawRow, out: ReadRow[]): void => {
    const checked = validate(tickOf(row, { run: 'check', ingestTime: row.eventTime ?? 0, replay: REPLAY }))
    if (!checked.ok) {
      out.push({ kind: 'refused', place: row.place, rejection: checked.rejection })
      return
    }
    for (const rejection of checked.faults) out.push({ kind: 'masked', place: row.place, rejection })
    const next = ordering.step(state, checked.reading)
    state = next.state
    pushArrivals(next.output, out)
  }
  const pushArrivals = (arrivals: ReturnType<typeof ordering.step>['output'], out: ReadRow[]): void => {
    for (const arrival of arrivals) {
      if (arrival.kind === 'reading') out.push({ kind: 'reading', reading: arrival.reading })
      else if (arrival.kind === 'merged') out.push({ kind: 'merged' })
      else if (arrival.kind === 'rejected')
        out.push({ kind: 'refused', place: placeOf(arrival.reading.tick), rejection: arrival.rejection })
    }
  }
  for await (const batch of tape.rows()) {
    const out: ReadRow[] = []
    for (const row of batch) read(row, out)
    yield out
  }
  const out: ReadRow[] = []
  pushArrivals(ordering.flush(state).output, out)
  yield out
}
