import { createInterface } from 'node:readline'
import { HttpProblem, postTicks, type TicksReply } from '../client/http.ts'
import { TickcastError } from '../domain/errors.ts'
import { type ClientFlags, reached } from './client-flags.ts'

export interface FeedFlags extends ClientFlags {
  readonly station: string
  readonly format: 'auto' | 'csv' | 'ndjson'
}

/** Lines are sent when this many have come, or when none has come for a moment: a sensor's line travels at once. */
const MOST_LINES = 500
const PAUSE_MS = 50

/**
 * Sends standard input to a station as it comes; prints at the end how many ticks were accepted and how many
 * rejected.
 */
export async function feed({ station, format, url, token }: FeedFlags): Promise<void> {
  const totals = { accepted: 0, rejected: 0, sent: 0 }
  let kind = format
  let header: string | undefined
  let lines: string[] = []
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> = Promise.resolve()
  const input = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })

  const send = async (batch: readonly string[]): Promise<void> => {
    const csv = kind === 'csv'
    const body = `${(csv ? [header, ...batch] : batch).join('\n')}\n`
    const type = csv ? 'text/csv' : 'application/x-ndjson'
    const reply = await reached(url, () => posted(station, { url, token, type, body }))
    totals.accepted += reply.accepted
    totals.rejected += reply.rejected_count
    for (const { index, field, value, rule } of reply.rejected) {
      process.stderr.write(
        `tickcast: row ${totals.sent + index + 1}: ${field} ${JSON.stringify(value)} breaks the rule: ${rule}\n`,
      )
    }
    totals.sent += batch.length
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (lines.length === 0) return
    const batch = lines
    lines = []
    sending = sending.then(() => send(batch))
    // An error of sending ends the feed at once, not with the next line of a sensor that may send none for long.
    sending.catch(() => input.close())
  }

  for await (const line of input) {
    if (line.trim() === '') continue
    if (kind === 'auto') kind = line.trimStart().startsWith('{') ? 'ndjson' : 'csv'
    if (kind === 'csv' && header === undefined) {
      header = line
      continue
    }
    lines.push(line)
    timer ??= setTimeout(flush, PAUSE_MS)
    if (lines.length >= MOST_LINES) {
      flush()
      await sending
    }
  }
  flush()
  await sending
  if (totals.sent === 0) {
    const came = header === undefined ? 'nothing came' : 'nothing came but the header of a CSV'
    throw new TickcastError('usage', `${came} on standard input: pipe ticks into it`)
  }
  process.stdout.write(`${station}: ${totals.accepted} ticks taken, ${totals.rejected} refused\n`)
}

/** A body of which every tick was rejected is an answer too: the feed goes on with the next. */
async function posted(station: string, request: Parameters<typeof postTicks>[1]): Promise<TicksReply> {
  try {
    return await postTicks(station, request)
  } catch (error) {
    if (error instanceof HttpProblem && error.code === 'rejected')
      return error.problem as unknown as TicksReply
    throw error
  }
}
