import type { ForecastMessage } from '../protocol/forecast.ts'
import type { Receipt } from '../protocol/receipt.ts'
import type { StationMessage } from '../protocol/station-message.ts'
import type { StatusMessage } from '../protocol/status.ts'
import type { TapeCommand, TapeMessage } from '../protocol/tape.ts'
import { httpUrl } from './address.ts'

/** A request that was answered with a problem (RFC 9457). */
export class HttpProblem extends Error {
  readonly status: number
  /** A `ReplyCode`, or undefined where something else answered. */
  readonly code: string | undefined
  /** The problem as sent, with what it carries beside its code. */
  readonly problem: Readonly<Record<string, unknown>>
  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    const { detail, code } = problem
    super(typeof detail === 'string' ? detail : `HTTP status ${status}`)
    this.name = 'HttpProblem'
    this.status = status
    this.code = typeof code === 'string' ? code : undefined
    this.problem = problem
  }
}

/** One point of the observed line. */
export interface ObservedPoint {
  readonly event_time: string
  /** The target in its unit; null where nothing was measured. */
  readonly value: number | null
  readonly bridged: boolean
}

/** What a chart begins with, oldest first: the target's readings, and at most one forecast of each hour. */
export interface StationHistory {
  readonly readings: readonly ObservedPoint[]
  readonly forecasts: readonly ForecastMessage[]
  /** The replay session it is of; absent where nothing was replayed. */
  readonly session?: string
}

/** How many ticks of a body were accepted, why others were not, and the first rejections. */
export interface TicksReply {
  readonly accepted: number
  readonly rejected_count: number
  readonly rejected: readonly {
    readonly index: number
    readonly field: string
    readonly value: string | number | null
    readonly rule: string
    /** As in the status; absent where an older server answers. */
    readonly reason?: string
  }[]
  readonly rejected_by_reason?: Readonly<Record<string, number>>
  /** Cells without a measurement, of ticks that are taken: how many, and the first. */
  readonly masked_count?: number
  readonly masked?: TicksReply['rejected']
  /** Keys that the station does not know. */
  readonly ignored?: readonly string[]
  /** The way out, where there is one. */
  readonly advice?: string
}

export interface HttpOptions {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  readonly token?: string | undefined
  readonly signal?: AbortSignal
}

export async function fetchStations(options: HttpOptions): Promise<StationMessage[]> {
  const { stations } = await requested<{ stations: StationMessage[] }>(options, '/v1/stations')
  return stations
}

export async function fetchStation(station: string, options: HttpOptions): Promise<StationMessage> {
  return await requested(options, `/v1/stations/${encodeURIComponent(station)}`)
}

/** `forecasts`: at most one of each hour, or the newest and, to compare with, the one of a day before it. */
export async function fetchHistory(
  station: string,
  {
    hours = 72,
    forecasts = 'hourly',
    ...options
  }: HttpOptions & { readonly hours?: number; readonly forecasts?: 'hourly' | 'compared' },
): Promise<StationHistory> {
  const query = `hours=${hours}&forecasts=${forecasts}`
  return await requested(options, `/v1/stations/${encodeURIComponent(station)}/history?${query}`)
}

/** A page of what a station published, in order of event time; the cursor of the next one, null behind the last. */
export async function fetchRecords<T>(
  station: string,
  {
    what,
    query,
    ...options
  }: HttpOptions & {
    readonly what: 'readings' | 'forecasts' | 'scores'
    /** `from`, `to`, `after`, `limit`, as the route takes them. */
    readonly query: Readonly<Record<string, string>>
  },
): Promise<{ readonly records: readonly T[]; readonly next: string | null }> {
  const path = `/v1/stations/${encodeURIComponent(station)}/${what}?${new URLSearchParams(query)}`
  const page = await requested<Record<string, readonly T[]> & { next: string | null }>(options, path)
  return { records: page[what] ?? [], next: page.next }
}

/** Why a forecast is what it is; `issuedAt` may be `newest`. */
export async function fetchReceipt(
  station: string,
  { issuedAt, ...options }: HttpOptions & { readonly issuedAt: string },
): Promise<Receipt> {
  const [id, at] = [station, issuedAt].map(encodeURIComponent)
  return await requested(options, `/v1/stations/${id}/forecasts/${at}/receipt`)
}

/** `type` is that of the body: `application/json`, `application/x-ndjson` or `text/csv`. */
export async function postTicks(
  station: string,
  { type, body, ...options }: HttpOptions & { readonly type: string; readonly body: string },
): Promise<TicksReply> {
  return await requested(options, `/v1/stations/${encodeURIComponent(station)}/ticks`, { type, body })
}

/** Forgets a station and all that is held of it, for good. */
export async function removeStation(station: string, options: HttpOptions): Promise<void> {
  const id = encodeURIComponent(station)
  await requested(options, `/v1/stations/${id}?confirm=${id}`, { method: 'DELETE' })
}

/** What the station's sensor says is real, says its owner: the fault that is believed from now on, null where none is known. */
export async function acceptSensor(
  station: string,
  options: HttpOptions,
): Promise<{ readonly accepted: NonNullable<StatusMessage['health']>['fault'] | null }> {
  return await requested(options, `/v1/stations/${encodeURIComponent(station)}/health/accept`, {
    method: 'POST',
  })
}

export async function postTapeCommand(
  station: string,
  { command, ...options }: HttpOptions & { readonly command: TapeCommand },
): Promise<TapeMessage> {
  return await requested(options, `/v1/stations/${encodeURIComponent(station)}/replay`, {
    type: 'application/json',
    body: JSON.stringify(command),
  })
}

interface Sent {
  /** Default: POST. */
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly type?: string
  readonly body?: string
}

async function requested<T>(
  { url, token, signal }: HttpOptions,
  path: string,
  send: Sent = { method: 'GET' },
): Promise<T> {
  const response = await fetch(httpUrl(url, path), {
    method: send.method ?? 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(send.type !== undefined && { 'content-type': send.type }),
    },
    ...(send.body !== undefined && { body: send.body }),
    ...(signal && { signal }),
  })
  const reply = await response.json().catch(() => ({}))
  if (!response.ok) throw new HttpProblem(response.status, reply)
  return reply
}
