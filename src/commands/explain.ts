import { fetchReceipt } from '../client/http.ts'
import { paired } from '../core/paired.ts'
import { TickcastError } from '../domain/errors.ts'
import { DAY, formatInstant, HOUR } from '../domain/instant.ts'
import { stationOf } from '../protocol/encode.ts'
import type { ForecastMessage } from '../protocol/forecast.ts'
import { parsedForecastId } from '../protocol/forecast-id.ts'
import type { ReadingMessage } from '../protocol/reading.ts'
import { type Receipt, receiptOf } from '../protocol/receipt.ts'
import { receiptLines, receiptPage } from '../report/receipt-page.ts'
import { dataFolder } from '../store/data-folder.ts'
import { openRecords, type Records } from '../store/records.ts'
import { type ClientFlags, reached } from './client-flags.ts'
import { chosenStation, keptPages, messagesOf } from './kept-messages.ts'

export interface ExplainFlags extends ClientFlags {
  /** The folder of a kept station; true: the usual one. Default: a running server is asked. */
  readonly keep?: string | true
  readonly format: 'text' | 'json' | 'html'
  /** True where `url` was asked for with this call, and is not what it is by default or by the environment. */
  readonly isUrlGiven?: boolean
}

/** Says why a forecast is what it is: of a running server, or of what a folder keeps. */
export async function explain(
  id: string,
  { keep, url, token, format, isUrlGiven }: ExplainFlags,
): Promise<void> {
  if (keep !== undefined && isUrlGiven)
    throw new TickcastError(
      'usage',
      'one of --keep [FOLDER] and --url ADDRESS says where the forecast is, not both',
    )
  const { station, issuedAt } = partsOf(id)
  const receipt =
    keep === undefined
      ? await reached(url, () => fetchReceipt(station, { issuedAt, url, token }))
      : await keptReceipt(id, typeof keep === 'string' ? keep : undefined)
  process.stdout.write(shown(receipt, format))
}

function partsOf(id: string): { readonly station: string; readonly issuedAt: string } {
  const parsed = parsedForecastId(id)
  if (parsed) return { station: parsed.station, issuedAt: formatInstant(parsed.issuedAt) }
  const newest = /^([^/]+)\/newest$/.exec(id)?.[1]
  if (newest !== undefined) return { station: newest, issuedAt: 'newest' }
  throw new TickcastError(
    'usage',
    `'${id}': expected STATION/ISSUED_AT, such as jena/2026-03-01T05:00:00Z, or STATION/newest`,
  )
}

async function keptReceipt(id: string, folder: string | undefined): Promise<Receipt> {
  const records = openRecords(dataFolder('live', folder))
  try {
    return await receiptIn(records, id)
  } finally {
    records.close()
  }
}

/** The forecast as it was published, with the truths of the readings on record. */
export async function receiptIn(records: Records, id: string): Promise<Receipt> {
  const at = parsedForecastId(id)
  const station = chosenStation(records, at?.station ?? id.slice(0, id.indexOf('/')))
  const range = at ? { from: at.issuedAt, to: at.issuedAt + 1, limit: 10 } : { limit: 1, newestFirst: true }
  const found = records.records(station.id, 'forecast', range).at(-1)
  if (!found) throw new TickcastError('usage', `no forecast '${id}' is kept in ${records.folder}`)
  const message = found.message as ForecastMessage
  const readings = messagesOf<ReadingMessage>(
    keptPages({ records, station }, 'reading', {
      from: found.eventTime - HOUR,
      to: found.eventTime + 3 * DAY,
    }),
  )
  for await (const { truth } of paired(stationOf(station), { forecasts: [message], readings }))
    return receiptOf(station.id, message, truth)
  return receiptOf(station.id, message, new Float64Array(0))
}

function shown(receipt: Receipt, format: ExplainFlags['format']): string {
  if (format === 'json') return `${JSON.stringify(receipt)}\n`
  return format === 'html' ? receiptPage(receipt) : `${receiptLines(receipt).join('\n')}\n`
}
