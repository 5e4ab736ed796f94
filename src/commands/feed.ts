import { fetchStation, HttpProblem, postTicks, type TicksReply } from '../client/http.ts'
import { TickcastError, toError } from '../domain/errors.ts'
import { formatInstant } from '../domain/instant.ts'
import { noNames, toldRows } from '../ingest/named-rows.ts'
import { openRows, type RowForm } from '../ingest/open-rows.ts'
import type { RawRow } from '../ingest/raw-row.ts'
import { stationOf } from '../protocol/encode.ts'
import { type ClientFlags, reached } from './client-flags.ts'
import {
  checkRefused,
  checkTaken,
  countReasons,
  emptyTotals,
  tellMasked,
  tellNote,
  tellRefused,
  totalsText,
} from './feed-totals.ts'
import { INPUT, inputAhead } from './input-ahead.ts'

export interface FeedFlags extends ClientFlags {
  readonly station: string
  readonly format: 'auto' | 'csv' | 'ndjson'
}

/** Rows are sent when this many have come, or when none has come for a moment: a sensor's row travels at once. */
const MOST_ROWS = 500
const PAUSE_MS = 50
/** A row without a time is of now by the clock of the server, whatever that of this machine shows. */
const BY_THE_SERVER = Number.POSITIVE_INFINITY

const FORMS: Readonly<Record<FeedFlags['format'], RowForm | undefined>> = {
  auto: undefined,
  csv: 'csv',
  ndjson: 'lines',
}

/**
 * Sends standard input to a station as it comes, read as the station file says, just as a file is; prints at the end how
 * many ticks were accepted, how many rejected and why. Fails where not one was taken.
 */
export async function feed({ station: id, format, url, token }: FeedFlags): Promise<void> {
  const ahead = await inputAhead()
  if (ahead.lines === 0 || (ahead.lines === 1 && !ahead.isJson)) {
    const came = ahead.lines === 0 ? 'nothing came' : 'nothing came but the header of a CSV'
    throw new TickcastError('usage', `${came} on standard input: pipe ticks into it`)
  }
  const station = stationOf(await reached(url, () => fetchStation(id, { url, token })))
  const totals = emptyTotals()
  const naming = noNames()
  let rows: RawRow[] = []
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> = Promise.resolve()

  const send = async (batch: readonly RawRow[]): Promise<void> => {
    // Not even a row: the server could say no more of it.
    const [unread, read] = [
      batch.filter(({ malformed }) => malformed),
      batch.filter(({ malformed }) => !malformed),
    ]
    for (const { place, malformed } of unread) if (malformed) tellRefused(totals, place, malformed)
    totals.refused += unread.length
    if (unread.length > 0) countReasons(totals, { malformed: unread.length })
    const reply =
      read.length > 0 ? await reached(url, () => posted(id, { url, token, rows: read })) : undefined
    if (reply) {
      totals.accepted += reply.accepted
      totals.refused += reply.rejected_count
      totals.masked += reply.masked_count ?? 0
      countReasons(totals, reply.rejected_by_reason ?? {})
      if (reply.advice !== undefined) tellNote(totals, reply.advice)
      for (const refusal of reply.rejected) tellRefused(totals, read[refusal.index]?.place ?? INPUT, refusal)
      for (const fault of reply.masked ?? []) tellMasked(totals, read[fault.index]?.place ?? INPUT, fault)
    }
    const refused = unread.length + (reply?.rejected_count ?? 0)
    totals.refusedInRow = reply && reply.accepted > 0 ? 0 : totals.refusedInRow + refused
    checkRefused(totals, batch.at(-1)?.place ?? INPUT, reply?.rejected[0] ?? unread[0]?.malformed)
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (rows.length === 0) return
    const batch = rows
    rows = []
    sending = sending.then(() => send(batch))
    // An error of sending ends the feed at once, not with the next line of a sensor that may send none for long.
    sending.catch((error: unknown) => process.stdin.destroy(toError(error)))
  }

  const source = await openRows(ahead.bytes, {
    name: INPUT,
    station,
    live: true,
    now: () => BY_THE_SERVER,
    form: FORMS[format],
    onNote: (note) => tellNote(totals, note),
  })
  for (const note of source.notes) if (!note.startsWith('the file has ')) tellNote(totals, note)
  for await (const batch of source.rows()) {
    for (const row of toldRows(batch, naming, station)) {
      // What belongs to one moment goes out together, so that it is taken for one reading.
      const isMore = row.eventTime !== undefined && row.eventTime === rows.at(-1)?.eventTime
      if (rows.length >= MOST_ROWS && !isMore) {
        flush()
        await sending
      }
      rows.push(row)
      timer ??= setTimeout(flush, PAUSE_MS)
    }
  }
  flush()
  await sending
  process.stdout.write(`${id}: ${totalsText(totals)}\n`)
  checkTaken(totals, id)
}

/** A body of which every tick was rejected is an answer too: the feed goes on with the next. */
async function posted(
  station: string,
  {
    rows,
    ...options
  }: { readonly url: string; readonly token: string | undefined; readonly rows: readonly RawRow[] },
): Promise<TicksReply> {
  const ticks = rows.map(({ eventTime, values }) => ({
    ...(eventTime !== undefined && eventTime !== BY_THE_SERVER && { event_time: formatInstant(eventTime) }),
    values,
  }))
  const body = `${ticks.map((tick) => JSON.stringify(tick)).join('\n')}\n`
  try {
    return await postTicks(station, { ...options, type: 'application/x-ndjson', body })
  } catch (error) {
    if (error instanceof HttpProblem && error.code === 'rejected')
      return error.problem as unknown as TicksReply
    throw error
  }
}
