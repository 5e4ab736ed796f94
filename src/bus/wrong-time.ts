import { decodeTime } from 'ulid'
import { MOST_AHEAD } from '../domain/clock-skew.ts'
import { formatInstant, formatSpan, type Instant, parseInstant } from '../domain/instant.ts'
import type { MessageOf } from '../protocol/message-of.ts'
import { shown } from '../protocol/schema-issue.ts'
import type { Topic } from '../protocol/topics.ts'

/** Which rule a message breaks, and where. */
export interface WrongTime {
  readonly field: string
  readonly value: string
  readonly rule: string
}

/** What of a message, whatever its topic, holds times. */
interface Timed {
  readonly event_time?: string
  readonly issued_at?: string
  readonly as_of?: string | null
  readonly replay?: { readonly session: string } | undefined
  readonly tape?: { readonly session: string } | undefined
}

/**
 * A time to come in a message that was stored before it. A session named after such a time would be the newest until
 * then, and a live reading of it would count as how far a station had got. Sessions are ULIDs; what stems from a tape
 * may be of any time. A tick is judged by `ingest/validate.ts`, which counts and keeps what it rejects.
 */
export function wrongTime(topic: Topic, message: MessageOf[Topic], storedAt: Instant): WrongTime | undefined {
  const { replay, tape, event_time, issued_at, as_of }: Timed = message
  const clock = `at most ${formatSpan(MOST_AHEAD)} ahead of the server's clock, at ${formatInstant(storedAt)}`
  const sessions = { 'replay.session': replay?.session, 'tape.session': tape?.session }
  for (const [field, session] of Object.entries(sessions)) {
    if (session === undefined) continue
    const at = decodeTime(session)
    if (at > storedAt + MOST_AHEAD)
      return { field, value: session, rule: `a ULID whose time is ${clock}, and not ${formatInstant(at)}` }
  }
  if (topic === 'tick' || topic === 'rejected' || replay !== undefined) return undefined
  for (const [field, stamp] of Object.entries({ event_time, issued_at, as_of })) {
    if (stamp === undefined || stamp === null) continue
    const at = parseInstant(stamp)
    if (at === undefined) return { field, value: shown(stamp), rule: 'a time such as 2009-10-24T05:10:00Z' }
    if (at > storedAt + MOST_AHEAD) return { field, value: stamp, rule: clock }
  }
  return undefined
}
