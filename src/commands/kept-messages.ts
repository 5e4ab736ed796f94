import { TickcastError } from '../domain/errors.ts'
import type { Instant } from '../domain/instant.ts'
import type { KeptRecord } from '../domain/state-store.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { Records } from '../store/records.ts'

export interface KeptRange {
  readonly from?: Instant
  readonly to?: Instant
}

/** Records that are read and handed on at once. A forecast has 24 rows of ten thousand bytes, the scores have 7000. */
const PAGE = { reading: 1000, forecast: 50, score: 1, outside: 50 } as const

/** What a folder holds of a station, a page at a time. */
export function* keptPages(
  { records, station }: { readonly records: Records; readonly station: StationMessage },
  what: KeptRecord['what'],
  { from, to }: KeptRange,
): Generator<readonly KeptRecord[]> {
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }), limit: PAGE[what] }
  let page = records.records(station.id, what, range)
  while (page.length > 0) {
    yield page
    page = records.records(station.id, what, { ...range, after: page.at(-1)! })
  }
}

export function* messagesOf<T>(pages: Iterable<readonly KeptRecord[]>): Generator<T> {
  for (const page of pages) for (const { message } of page) yield message as T
}

/** The one that is meant; without an id the only one. Throws a `TickcastError` that names those there are. */
export function chosenStation(records: Records, id: string | undefined): StationMessage {
  const stations = records.stations()
  const known = stations.map((station) => station.id).join(', ') || 'none'
  const chosen = id === undefined ? stations[0] : stations.find((station) => station.id === id)
  if (chosen === undefined)
    throw new TickcastError('usage', `--station: '${id ?? ''}' is not kept in ${records.folder}: ${known}`)
  if (id === undefined && stations.length > 1)
    throw new TickcastError('usage', `--station: which one of those in ${records.folder}: ${known}`)
  return chosen
}
