import { fetchRecords, fetchStations, type HttpOptions } from '../client/http.ts'
import { paired } from '../core/paired.ts'
import type { ClosedForecast } from '../core/truth-join.ts'
import { TickcastError } from '../domain/errors.ts'
import { DAY, formatInstant, MINUTE, type Span } from '../domain/instant.ts'
import { targetChannel } from '../domain/station.ts'
import { differenceUnit } from '../domain/unit.ts'
import { stationOf } from '../protocol/encode.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import { dataFolder } from '../store/data-folder.ts'
import { openRecords } from '../store/records.ts'
import type { ArenaForecast } from '../verify/arena-sums.ts'
import { forecastsInFile } from './arena-file.ts'
import { type ClientFlags, reached } from './client-flags.ts'
import { chosenStation, type KeptRange, keptPages, messagesOf } from './kept-messages.ts'

/** Where forecasts beside what came are read. */
export interface ArenaSource {
  /** In words, for a reader of the result. */
  readonly name: string
  /** Of errors; undefined where a file does not say. */
  readonly unit: string | undefined
  readonly utcOffset: Span
  forecasts(): AsyncIterable<ArenaForecast>
}

export interface ArenaSourceFlags extends KeptRange {
  /** A file of them. */
  readonly forecasts?: string
  /** The folder of a kept station; true: the usual one. */
  readonly keep?: string | true
  readonly url?: string
  readonly token?: string
  readonly station?: string
}

/** Throws a `TickcastError` unless just one source is named. */
export async function arenaSource(flags: ArenaSourceFlags): Promise<ArenaSource> {
  const { forecasts, keep, url, station } = flags
  const named = [forecasts, keep, url].filter((each) => each !== undefined)
  if (named.length !== 1) {
    const rule = 'one of --forecasts FILE, --keep [FOLDER] and --url ADDRESS says where forecasts are'
    throw new TickcastError('usage', named.length === 0 ? rule : `${rule}, not several`)
  }
  if (forecasts !== undefined) {
    if (station !== undefined)
      throw new TickcastError('usage', `--station ${station}: a file of --forecasts is of one station`)
    return fileSource(forecasts)
  }
  if (url !== undefined) return await serverSource({ ...flags, url })
  return keptSource(flags, typeof keep === 'string' ? keep : undefined)
}

function fileSource(path: string): ArenaSource {
  return { name: path, unit: undefined, utcOffset: 0, forecasts: () => forecastsInFile(path) }
}

function keptSource(flags: ArenaSourceFlags, folder: string | undefined): ArenaSource {
  const records = openRecords(dataFolder('live', folder))
  const station = chosenStation(records, flags.station)
  const kept = { records, station }
  return {
    ...described(station, `what is kept of ${station.id} in ${records.folder}`),
    async *forecasts() {
      try {
        yield* closedOnes(
          paired(stationOf(station), {
            forecasts: messagesOf<ForecastMessage>(keptPages(kept, 'forecast', flags)),
            readings: messagesOf<ReadingMessage>(keptPages(kept, 'reading', truthsOf(flags))),
          }),
        )
      } finally {
        records.close()
      }
    },
  }
}

async function serverSource(flags: ArenaSourceFlags & ClientFlags): Promise<ArenaSource> {
  const { url, token } = flags
  const stations = await reached(url, () => fetchStations({ url, token }))
  const known = stations.map(({ id }) => id).join(', ') || 'none'
  const station =
    flags.station === undefined && stations.length === 1
      ? stations[0]
      : stations.find(({ id }) => id === flags.station)
  if (station === undefined)
    throw new TickcastError('usage', `--station: which one of those at ${url}: ${known}`)
  return {
    ...described(station, `what ${url} keeps of ${station.id}`),
    forecasts: () =>
      closedOnes(
        paired(stationOf(station), {
          forecasts: fetched<ForecastMessage>(station.id, 'forecasts', flags),
          readings: fetched<ReadingMessage>(station.id, 'readings', { url, token, ...truthsOf(flags) }),
        }),
      ),
  }
}

function described(message: StationMessage, name: string): Omit<ArenaSource, 'forecasts'> {
  const station = stationOf(message)
  return {
    name,
    unit: differenceUnit(targetChannel(station).unit),
    utcOffset: station.time.utcOffsetMinutes * MINUTE,
  }
}

/** The last truth of a forecast, and what a station may need to tell it by, come in the days behind it. */
function truthsOf({ from, to }: KeptRange): KeptRange {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to: to + 3 * DAY }) }
}

const PAGES = { forecasts: 100, readings: 5_000 } as const

async function* fetched<T>(
  station: string,
  what: 'forecasts' | 'readings',
  { from, to, ...options }: HttpOptions & KeptRange,
): AsyncGenerator<T> {
  const { url, token } = options
  let after: string | undefined
  for (;;) {
    const query = {
      limit: String(PAGES[what]),
      ...(from !== undefined && { from: formatInstant(from) }),
      ...(to !== undefined && { to: formatInstant(to) }),
      ...(after !== undefined && { after }),
    }
    const page = await reached(url, () => fetchRecords<T>(station, { what, query, url, token }))
    yield* page.records
    if (page.next === null) return
    after = page.next
  }
}

async function* closedOnes(closed: AsyncIterable<ClosedForecast>): AsyncGenerator<ArenaForecast> {
  for await (const { forecast, truth } of closed)
    yield { issuedAt: forecast.issuedAt, truth, models: forecast.models }
}
