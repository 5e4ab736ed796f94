import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { untilInterrupted } from '../app/interrupt.ts'
import { paired } from '../core/paired.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import type { KeptRecord } from '../domain/state-store.ts'
import { MIXTURE } from '../forecast/mixture.ts'
import { stationOf } from '../protocol/encode.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import { dataFolder } from '../store/data-folder.ts'
import { openRecords, type Records } from '../store/records.ts'
import {
  forecastTable,
  type MessageTable,
  outsideTable,
  readingTable,
  scoreTable,
} from '../tables/message-tables.ts'
import { jsonLines } from '../tables/ndjson.ts'
import { encoderFor, formatOf, TABLE_FORMATS, type TableFormat } from '../tables/table-format.ts'
import { chosenStation, keptPages, messagesOf } from './kept-messages.ts'
import { type OutputFile, outputFile } from './output-file.ts'
import { pairColumns, pairRows } from './pairs.ts'

export const EXPORTED = ['readings', 'forecasts', 'scores', 'outside', 'pairs'] as const

export interface ExportFlags {
  readonly what: (typeof EXPORTED)[number]
  readonly from?: Instant
  readonly to?: Instant
  /** Default: by the ending of `out`; without that CSV. */
  readonly format?: TableFormat
  readonly keep?: string
  readonly station?: string
  /** Default: standard output. */
  readonly out?: string
}

/** Writes what is kept of a station to a file or on; also beside the server that keeps it. */
export async function exportRecord(flags: ExportFlags): Promise<void> {
  const { from, to, out } = flags
  const format = flags.format ?? (out === undefined ? 'csv' : formatOf(out))
  if (format === undefined) {
    const endings = TABLE_FORMATS.map((name) => `.${name}`).join(', ')
    throw new TickcastError(
      'usage',
      `--out ${out}: ends in none of ${endings}, so --format is to say which it is`,
    )
  }
  if (from !== undefined && to !== undefined && from >= to)
    throw new TickcastError('usage', '--to: not later than --from, so there is nothing between them')
  if (format === 'parquet' && out === undefined && process.stdout.isTTY)
    throw new TickcastError('usage', '--format parquet is for no terminal: --out FILE says where to')
  const records = openRecords(dataFolder('live', flags.keep))
  try {
    const station = chosenStation(records, flags.station)
    const task = { records, station, flags, format }
    const bytes = await exported(task)
    if (out === undefined) await toStandardOutput(bytes)
    else await toFile(bytes, out)
    const nothing = nothingKept(task)
    if (nothing !== undefined) process.stderr.write(`tickcast: ${nothing}\n`)
  } finally {
    records.close()
  }
}

interface Task {
  readonly records: Records
  readonly station: StationMessage
  readonly flags: ExportFlags
  readonly format: TableFormat
}

async function exported(task: Task): Promise<Bytes> {
  const { flags, format } = task
  const encoder = await encoderFor(format)
  switch (flags.what) {
    case 'readings':
      return tabled(task, 'reading', () => readingTable(channelsOf(task)), encoder)
    case 'forecasts':
      return tabled(task, 'forecast', () => forecastTable(expertsOf(task)), encoder)
    case 'scores':
      return tabled(task, 'score', () => scoreTable, encoder)
    case 'outside':
      return tabled(task, 'outside', () => outsideTable, encoder)
    case 'pairs':
      return pairsOf(task, encoder)
  }
}

const TOPIC_OF = {
  ...{ readings: 'reading', forecasts: 'forecast', scores: 'score', outside: 'outside', pairs: 'forecast' },
} as const satisfies Record<ExportFlags['what'], KeptRecord['what']>

/** Undefined where something of the time asked for is kept, else in words what is. */
function nothingKept({ records, station: { id }, flags }: Task): string | undefined {
  const { from, to, what } = flags
  const topic = TOPIC_OF[what]
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  if (records.records(id, topic, { ...range, limit: 1 }).length > 0) return undefined
  const [first] = records.records(id, topic, { limit: 1 })
  const [last] = records.records(id, topic, { limit: 1, newestFirst: true })
  return first && last
    ? `no ${what} of that time are kept of ${id}: there are some from ${formatInstant(first.eventTime)} to ${formatInstant(last.eventTime)}`
    : `no ${what} are kept of ${id} yet`
}

type Bytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>
type EncoderOf = Awaited<ReturnType<typeof encoderFor>>

/** As lines of JSON the messages are what was published; in tables they have the columns of their kind. */
function* tabled(
  task: Task,
  what: KeptRecord['what'],
  tableOf: () => MessageTable,
  encoderOf: EncoderOf,
): Generator<Uint8Array> {
  const pages = keptPages(task, what, task.flags)
  if (task.format === 'ndjson') {
    for (const page of pages) yield jsonLines(page.map(({ message }) => message))
    return
  }
  const table = tableOf()
  const encoder = encoderOf(table.columns)
  for (const page of pages) yield encoder.encode(page.flatMap(({ message }) => table.rows(message)))
  yield encoder.end()
}

/** Of forecasts issued in the time asked for; readings are read on until their last truth is known. */
async function* pairsOf(task: Task, encoderOf: EncoderOf): AsyncGenerator<Uint8Array> {
  const experts = expertsOf(task)
  const encoder = encoderOf(pairColumns(experts))
  const { from } = task.flags
  const station = stationOf(task.station)
  const forecasts = messagesOf<ForecastMessage>(keptPages(task, 'forecast', task.flags))
  const readings = messagesOf<ReadingMessage>(
    keptPages(task, 'reading', { ...(from !== undefined && { from }) }),
  )
  for await (const pair of paired(station, { forecasts, readings }))
    yield encoder.encode(pairRows(pair, experts))
  yield encoder.end()
}

/** As the station has them now, and behind them those that it had before. */
function channelsOf({ records, station }: Task): readonly string[] {
  const now = station.channels.map(({ name }) => name)
  return [...new Set([...now, ...records.keys(station.id, 'reading', 'values')])]
}

function expertsOf({ records, station }: Task): readonly string[] {
  return records.keys(station.id, 'forecast', 'models').filter((name) => name !== MIXTURE)
}

async function toStandardOutput(bytes: Bytes): Promise<void> {
  try {
    await pipeline(Readable.from(bytes), process.stdout, { end: false })
  } catch (cause) {
    // Who reads it may have had enough.
    if (!(cause instanceof Error && 'syscall' in cause) || ('code' in cause && cause.code === 'EPIPE'))
      throw cause
    throw new TickcastError('usage', `standard output cannot be written: ${errorMessage(cause)}`, { cause })
  }
}

/** Under its name once it is whole. */
async function toFile(bytes: Bytes, out: string): Promise<void> {
  let file: OutputFile | undefined
  const stop = new AbortController()
  void untilInterrupted().then(() => stop.abort())
  try {
    file = outputFile(out)
    const opened = await open(file.path, 'w')
    await pipeline(Readable.from(bytes), opened.createWriteStream(), { signal: stop.signal })
    file.finish()
  } catch (cause) {
    file?.abandon()
    if (stop.signal.aborted) throw new TickcastError('usage', `interrupted: ${out} is not written`)
    if (cause instanceof TickcastError || !(cause instanceof Error && 'syscall' in cause)) throw cause
    throw new TickcastError('usage', `--out ${out}: cannot be written: ${errorMessage(cause)}`, { cause })
  }
}
