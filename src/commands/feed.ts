import { HttpProblem, postTicks, type TicksReply } from '../client/http.ts'
import { TickcastError, toError } from '../domain/errors.ts'
import { badFile, explained, shown } from '../ingest/bad-file.ts'
import { linesOf } from '../ingest/lines.ts'
import { type ClientFlags, reached } from './client-flags.ts'

export interface FeedFlags extends ClientFlags {
  readonly station: string
  readonly format: 'auto' | 'csv' | 'ndjson'
}

/**
 * Lines are sent when this many have come, or lines of so many characters, or when none has come for a moment: a
 * sensor's line travels at once.
 */
const MOST_LINES = 500
const MOST_CHARACTERS = 256 * 1024
const PAUSE_MS = 50
/** What a station sends while it has nothing to say is less; what is refused in a row past this is of another station. */
const MOST_BLANK = 16 * 1024 * 1024
const MOST_REFUSED = 100_000
const INPUT = 'standard input'

/**
 * Sends standard input to a station as it comes; prints at the end how many ticks were accepted and how many
 * rejected.
 */
export async function feed({ station, format, url, token }: FeedFlags): Promise<void> {
  const totals = { accepted: 0, rejected: 0, sent: 0, refusedInRow: 0 }
  let kind = format
  let header: string | undefined
  let lines: string[] = []
  let characters = 0
  let blank = 0
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> = Promise.resolve()

  const send = async (batch: readonly string[]): Promise<void> => {
    const csv = kind === 'csv'
    const body = `${(csv ? [header, ...batch] : batch).join('\n')}\n`
    const type = csv ? 'text/csv' : 'application/x-ndjson'
    const reply = await reached(url, () => posted(station, { url, token, type, body }))
    totals.accepted += reply.accepted
    totals.rejected += reply.rejected_count
    totals.refusedInRow = reply.accepted > 0 ? 0 : totals.refusedInRow + reply.rejected_count
    for (const { index, field, value, rule } of reply.rejected) {
      process.stderr.write(
        `tickcast: row ${totals.sent + index + 1}: ${field} ${JSON.stringify(value)} breaks the rule: ${rule}\n`,
      )
    }
    totals.sent += batch.length
    const [first] = reply.rejected
    if (totals.refusedInRow > MOST_REFUSED && first)
      throw badFile(
        `${INPUT}: row ${totals.sent}`,
        `none of the last ${totals.refusedInRow} was taken: ${first.field} is ${shown(JSON.stringify(first.value))}; ` +
          `expected ${first.rule}`,
      )
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (lines.length === 0) return
    const batch = lines
    lines = []
    characters = 0
    sending = sending.then(() => send(batch))
    // An error of sending ends the feed at once, not with the next line of a sensor that may send none for long.
    sending.catch((error: unknown) => process.stdin.destroy(toError(error)))
  }

  for await (const block of linesOf(inputBytes(), { name: INPUT })) {
    for (const [index, line] of block.lines.entries()) {
      if (line.trim() === '') {
        blank += line.length + 1
        if (blank > MOST_BLANK)
          throw badFile(
            `${INPUT}:${block.first + index}`,
            `more than ${MOST_BLANK} blank characters; expected ticks`,
          )
        continue
      }
      blank = 0
      if (kind === 'auto') kind = line.trimStart().startsWith('{') ? 'ndjson' : 'csv'
      if (kind === 'csv' && header === undefined) {
        header = line
        continue
      }
      lines.push(line)
      characters += line.length
      timer ??= setTimeout(flush, PAUSE_MS)
      if (lines.length < MOST_LINES && characters < MOST_CHARACTERS) continue
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

async function* inputBytes(): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* process.stdin
  } catch (cause) {
    // A folder, say; what else ends the input is an error of sending.
    throw cause instanceof Error && 'syscall' in cause ? explained(INPUT, cause) : cause
  }
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
