import { TickcastError } from '../src/domain/errors.ts'
import type { Instant } from '../src/domain/instant.ts'
import type { OutsideIssuer, Station } from '../src/domain/station.ts'
import { badFile, listed } from '../src/ingest/bad-file.ts'
import {
  hasColumnsOf,
  headerLine,
  nameOf,
  namesIn,
  outsideColumns,
  outsideRows,
} from '../src/ingest/outside-file.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import { type Archive, openArchive } from './archive.ts'
import { byTime } from './joined-tape.ts'
import type { Tape } from './tape.ts'
import { unitedForecasts } from './united-forecasts.ts'

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
  const isNowhere = (issuer: OutsideIssuer) => !tables.some(({ issuers }) => issuers.includes(issuer))
  // Those that come by themselves need be in no table.
  const lacking = named.filter((issuer) => isNowhere(issuer) && !issuer.asked && issuer.topic === undefined)
  refuseUnread(tables, { named, lacking })
  // In what order tables are given, and issuers named, is no reason for another tape.
  const sources = named
    .filter((issuer) => !isNowhere(issuer))
    .map((issuer) => ({ issuer, tables: tables.filter(({ issuers }) => issuers.includes(issuer)) }))
    .sort((one, other) => compared(one.issuer.issuer, other.issuer.issuer))
  const forecastsFrom = (from: Instant | undefined): Batches =>
    joined(
      sources.map(({ issuer, tables }) => () => {
        const each = tables.map(
          ({ name, bytes }) =>
            () =>
              inBatches(outsideRows(bytes(), { name, station, issuer }), from),
        )
        return each.length === 1 ? each[0]!() : unitedForecasts(joined(each))
      }),
    )
  for await (const _ of forecastsFrom(undefined)) break
  const names = tables.map(({ name }) => name).sort()
  const said = tables.map(
    ({ name, issuers }) =>
      `${name}: forecasts of ${[...new Set(issuers.map(({ issuer }) => issuer))].join(', ')}`,
  )
  return {
    ...tape,
    // A tape with others' forecasts has other rows, and so is another one to whoever keeps where it stood.
    name: `${tape.name} with ${names.join(', ')}`,
    notes: [...tape.notes, ...said, ...silentIssuers({ outside: named.filter(isNowhere) })],
    rows: (options = {}) => aheadOfRows(tape.rows(options), forecastsFrom(options.from)),
  }
}

interface OutsideTable extends Pick<Archive, 'name' | 'bytes'> {
  /** Those of the station whose columns it has. */
  readonly issuers: readonly OutsideIssuer[]
  readonly header: string
}

async function tableOf(path: string, named: readonly OutsideIssuer[]): Promise<OutsideTable> {
  const { name, bytes } = await openArchive(path)
  const header = await headerLine(bytes(), { name })
  return { name, bytes, header, issuers: named.filter((issuer) => hasColumnsOf(header, issuer)) }
}

function refuseUnread(
  tables: readonly OutsideTable[],
  {
    named,
    lacking,
  }: { readonly named: readonly OutsideIssuer[]; readonly lacking: readonly OutsideIssuer[] },
): void {
  const rule = 'see outside in the station file'
  const found = ({ header }: OutsideTable): string => listed(namesIn(header))
  const [missed] = lacking
  const useless = tables.find(({ issuers }) => issuers.length === 0)
  if (useless && (tables.length > 1 || !missed)) {
    const all = listed(named.map(nameOf))
    throw badFile(useless.name, `it has the columns of none of ${all}; found ${found(useless)}: ${rule}`)
  }
  if (!missed) return
  const needed = outsideColumns(missed)
  const [one] = tables
  if (one && tables.length === 1) {
    const absent = needed.filter((column) => !namesIn(one.header).includes(column))
    throw badFile(
      one.name,
      `no column ${listed(absent)} of '${nameOf(missed)}'; found ${found(one)}: ${rule}`,
    )
  }
  const each = tables.map((table) => `${table.name} has ${found(table)}`).join('; ')
  throw new TickcastError(
    'bad_file',
    `--outside: none has ${listed(needed)} of '${nameOf(missed)}'; ${each}: ${rule}`,
  )
}

function compared(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function joined(parts: readonly (() => Batches)[]): Batches {
  return byTime(parts.map((rows) => ({ first: Number.NEGATIVE_INFINITY, rows })))
}

/** Where no file has forecasts of issuers that a station names, that they say nothing. Of those that are asked the start says it. */
export function silentIssuers({ outside = [] }: Pick<Station, 'outside'>): string[] {
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
