import { z } from 'zod'
import { parseDateOrInstant } from '../domain/instant.ts'
import { issueText } from '../protocol/schema-issue.ts'
import { problem } from './problem.ts'
import type { RecordPlace } from './record-source.ts'

/** Which records a request asks for. */
export type RecordQuery = z.infer<ReturnType<typeof recordQuery>>

const TIME_RULE = 'RFC 3339 with a zone, or a date such as 2012-07-01'

const time = z.string().transform((text, context) => {
  // A `+` of a zone that was not encoded has become a blank.
  const instant = parseDateOrInstant(text.replace(/ (?=\d{2}:\d{2}$)/, '+'))
  if (instant !== undefined) return instant
  context.addIssue({ code: 'custom', message: TIME_RULE })
  return z.NEVER
})

const cursor = z.string().transform((text, context): RecordPlace => {
  const place = placeOf(text)
  if (place) return place
  context.addIssue({ code: 'custom', message: "a cursor that 'next' gave" })
  return z.NEVER
})

export function recordQuery({ usual, most }: { readonly usual: number; readonly most: number }) {
  return z
    .strictObject({
      from: time.optional(),
      to: time.optional(),
      limit: z.coerce.number().int().min(1).max(most).default(usual),
      after: cursor.optional(),
      token: z.unknown().optional(),
    })
    .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
      path: ['to'],
      message: 'later than from',
    })
}

/** Throws a problem that names field, value and rule. */
export function readRecordQuery(
  query: unknown,
  limits: { readonly usual: number; readonly most: number },
): RecordQuery {
  const read = recordQuery(limits).safeParse(query)
  if (!read.success) throw problem('bad_request', issueText(read.error, query))
  return read.data
}

/** Opaque to whoever is given it. */
export function cursorOf({ eventTime, session }: RecordPlace): string {
  return Buffer.from(JSON.stringify([eventTime, session])).toString('base64url')
}

const placeSchema = z.tuple([z.number().int(), z.string()])

function placeOf(text: string): RecordPlace | undefined {
  try {
    const read = placeSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    return read.success ? { eventTime: read.data[0], session: read.data[1] } : undefined
  } catch {
    return undefined
  }
}
