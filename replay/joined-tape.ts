import { TickcastError } from '../src/domain/errors.ts'
import { formatInstant } from '../src/domain/instant.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import type { Tape } from './tape.ts'

/**
 * Several files of one station as one history, whatever order they are named in. Where they overlap their rows come by
 * time, so that what stands in both is there twice in a row, and is counted as that.
 */
export function joinedTape(tapes: readonly Tape[]): Tape {
  const sorted = [...tapes].sort((a, b) => a.first - b.first)
  const [earliest] = sorted
  if (!earliest) throw new TickcastError('usage', 'a history of no files')
  if (sorted.length === 1) return earliest
  const ends = sorted.map(({ last }) => last)
  const names = new Set(sorted.flatMap(({ station }) => station.channels.map(({ name }) => name)))
  // Each knows the channels of its own file; together they have those of all.
  const widest = sorted.reduce((a, b) => (b.station.channels.length > a.station.channels.length ? b : a))
  const lacking = [...names].filter(
    (name) => !widest.station.channels.some((channel) => channel.name === name),
  )
  if (lacking.length > 0) {
    const list = lacking.map((name) => `'${name}'`).join(', ')
    throw new TickcastError(
      'bad_file',
      `${widest.name}: it lacks ${list}, which other files have; expected one file that has all channels`,
    )
  }
  return {
    station: { ...widest.station, cadence: earliest.station.cadence },
    source: earliest.source,
    name: `${earliest.name} and ${sorted.length - 1} more`,
    first: earliest.first,
    last: ends.some((end) => end === null) ? null : Math.max(...ends.map((end) => end ?? 0)),
    notes: [
      ...sorted.map(
        ({ name, first, last }) =>
          `${name}: ${formatInstant(first)} to ${last === null ? '?' : formatInstant(last)}`,
      ),
      ...new Set(sorted.flatMap(({ notes }) => notes)),
    ],
    async *rows(options = {}) {
      const { from } = options
      const wanted = sorted.filter(({ last }) => from === undefined || last === null || last >= from)
      yield* byTime(wanted.map((tape) => ({ first: tape.first, rows: () => tape.rows(options) })))
    },
  }
}

interface Head {
  readonly batches: AsyncGenerator<readonly RawRow[], void, undefined>
  batch: readonly RawRow[]
  at: number
}

/** Of the rows that come next, the earliest; a file is opened once its first row is due. */
export async function* byTime(
  sources: readonly { readonly first: number; readonly rows: Tape['rows'] }[],
): AsyncGenerator<readonly RawRow[], void, undefined> {
  const waiting = [...sources]
  let open: Head[] = []
  try {
    while (open.length > 0 || waiting.length > 0) {
      while (waiting[0] && (open.length === 0 || waiting[0].first <= earliestOf(open))) {
        const head: Head = { batches: waiting.shift()!.rows(), batch: [], at: 0 }
        if (await filled(head)) open.push(head)
      }
      const out: RawRow[] = []
      const until = waiting[0]?.first ?? Number.POSITIVE_INFINITY
      while (open.length > 0) {
        const head = open.reduce((a, b) => (timeOf(b) < timeOf(a) ? b : a))
        if (timeOf(head) > until) break
        out.push(head.batch[head.at++]!)
        if (head.at < head.batch.length) continue
        if (!(await filled(head))) open = open.filter((each) => each !== head)
        if (out.length > 0) break
      }
      if (out.length > 0) yield out
    }
  } finally {
    for (const { batches } of open) await batches.return()
  }
}

/** A row without a time goes with those of its own file. */
function timeOf({ batch, at }: Head): number {
  return batch[at]?.eventTime ?? Number.NEGATIVE_INFINITY
}

function earliestOf(open: readonly Head[]): number {
  return Math.min(...open.map(timeOf))
}

async function filled(head: Head): Promise<boolean> {
  for (;;) {
    const next = await head.batches.next()
    if (next.done) return false
    head.batch = next.value
    head.at = 0
    if (next.value.length > 0) return true
  }
}
