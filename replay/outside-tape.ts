import { TickcastError } from '../src/domain/errors.ts'
import type { Instant } from '../src/domain/instant.ts'
import type { OutsideIssuer, Station } from '../src/domain/station.ts'
import { hasColumnsOf, outsideRows } from '../src/ingest/outside-file.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import { openArchive } from './archive.ts'
import { byTime } from './joined-tape.ts'
import type { Tape } from './tape.ts'

type Batches = AsyncGenerator<readonly RawRow[], void, undefined>

const ROWS_A_BATCH = 64

/**
 * A tape with what others have forecast of its station: each forecast right ahead of the first row that it could be known
 * at. An issuer is read from each of the tables that has its columns.
 */
export async function withOutside(tape: Tape, paths: readonly string[]): Promise<Tape> {
  const { station } = tape
  const named = station.outside ?? []
  if (named.length === 0) {
    const rule = "describe who has issued what is in it by 'outside' in the station file (--station FILE)"
    throw new TickcastError('usage', `--outside ${paths[0]}: the station names no issuers: ${rule}`)
  }
  const tables = await Promise.all(paths.map((path) => tableOf(path, named)))
  const nowhere = named.filter((issuer) => !tables.some(({ issuers }) => issuers.includes(issuer)))
  // Those that come by themselves need be in no file; what others lack is told by the table that was given first.
  const lacking = nowhere.filter(({ asked, topic }) => !asked && topic === undefined)
  const parts = tables.map(({ issuers, ...table }, index) => {
    const own = index === 0 ? [...issuers, ...lacking] : issuers
    return { ...table, issuers: own.length > 0 ? own : named }
  })
  const forecastsFrom = (from: Instant | undefined): Batches =>
    byTime(
      parts.flatMap(({ name, bytes, issuers }) =>
        issuers.map((issuer) => ({
          first: Number.NEGATIVE_INFINITY,
          rows: () => inBatches(outsideRows(bytes(), { name, station, issuer }), from),
        })),
      ),
    )
  for await (const _ of forecastsFrom(undefined)) break
  const said = parts.map(({ name, issuers }) => {
    const names = [...new Set(issuers.map(({ issuer }) => issuer))]
    return `${name}: forecasts of ${names.join(', ')}`
  })
  return {
    ...tape,
    // A tape with others' forecasts has other rows, and so is another one to whoever keeps where it stood.
    name: `${tape.name} with ${parts.map(({ name }) => name).join(', ')}`,
    notes: [...tape.notes, ...said],
    rows: (options = {}) => aheadOfRows(tape.rows(options), forecastsFrom(options.from)),
  }
}

async function tableOf(path: string, named: readonly OutsideIssuer[]) {
  const { name, bytes } = await openArchive(path)
  const there = await Promise.all(named.map((issuer) => hasColumnsOf(bytes(), { name, issuer })))
  return { name, bytes, issuers: named.filter((_, at) => there[at]) }
}

/** Where no file has forecasts of issuers that a station names, that they say nothing. Of those that are asked the start says it. */
export function silentIssuers({ outside = [] }: Station): string[] {
  const names = [...new Set(outside.flatMap(({ issuer, asked }) => (asked ? [] : [issuer])))]
  return names.map((name) => `outside ${name}: no --outside has its forecasts, so it says nothing`)
}

export async function* inBatches(
  rows: AsyncIterable<RawRow>,
  from: Instant = Number.NEGATIVE_INFINITY,
): Batches {
  let batch: RawRow[] = []
  for await (const row of rows) {
    if ((row.eventTime ?? from) < from) continue
    batch.push(row)
    if (batch.length < ROWS_A_BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Others' rows, each right ahead of the first row at or after its time. What is left behind the last row was known at none. */
export async function* aheadOfRows(batches: Batches, others: Batches): Batches {
  let waiting: readonly RawRow[] = []
  let at = 0
  const more = async (): Promise<boolean> => {
    if (at < waiting.length) return true
    const next = await others.next()
    ;[waiting, at] = [next.done ? [] : next.value, 0]
    return waiting.length > 0
  }
  try {
    for await (const batch of batches) {
      const times = knownTimes(batch)
      const out: RawRow[] = []
      for (const [index, row] of batch.entries()) {
        while ((await more()) && (waiting[at]!.eventTime ?? 0) <= times[index]!) out.push(waiting[at++]!)
        out.push(row)
      }
      yield out
    }
  } finally {
    await others.return()
  }
}

/** Of each row the earliest time among it and those behind: one stamp far ahead of its neighbours moves nothing. */
function knownTimes(batch: readonly RawRow[]): readonly Instant[] {
  let earliest = Number.POSITIVE_INFINITY
  const times = batch.map(() => Number.NEGATIVE_INFINITY)
  for (let index = batch.length - 1; index >= 0; index--) {
    earliest = Math.min(earliest, batch[index]!.eventTime ?? Number.POSITIVE_INFINITY)
    if (Number.isFinite(earliest)) times[index] = earliest
  }
  return times
}
