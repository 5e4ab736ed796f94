import { z } from 'zod'
import { MOST_OUTSIDE_LEADS } from '../domain/outside.ts'

/** Names an issuer: a part of the names of models, of which some are ours. */
export const ISSUER = /^(?!(together|constructor)$)(?!.*corrected$)[a-z0-9][a-z0-9_]{0,31}$/
export const ISSUER_RULE =
  "lower-case letters, digits and _, a letter or digit first, at most 32, not 'together' or 'constructor' and no '…corrected'"
/** That forecast a station's target. Each is two more experts. */
export const MOST_ISSUERS = 8
/** Of a station, other than its target, each of one issuer. */
export const MOST_QUANTITIES = 16
const LONGEST_LEAD_HOURS = 240
const MOST_QUANTILES = 32

const value = z.number().min(-1e15).max(1e15)
const instant = z.string().max(64)

/** What a station may name under `outside`, in a file and on the wire alike: the rule that is broken, or undefined. */
export function brokenRule(
  given: readonly { readonly issuer: string; readonly quantity?: string | undefined }[],
): string | undefined {
  const ofTarget = given.filter(({ quantity }) => quantity === undefined)
  if (ofTarget.length > MOST_ISSUERS) return `at most ${MOST_ISSUERS} issuers of the target`
  if (given.length - ofTarget.length > MOST_QUANTITIES)
    return `at most ${MOST_QUANTITIES} quantities that are not the target`
  const names = given.map(({ issuer, quantity }) => JSON.stringify([issuer, quantity]))
  return new Set(names).size < names.length
    ? 'each issuer once, and each quantity of an issuer once'
    : undefined
}

/** A forecast that somebody else has made, of a station's target or of another quantity. */
const forecast = {
  /** One of those that the station file names. */
  issuer: z.string().max(64),
  /** What it is of: one of those that the station file names with the issuer. Default: the station's target. */
  quantity: z.string().max(128).optional(),
  issued_at: instant,
  /** From when on it could be had. Default: when it came in. */
  available_at: instant.optional(),
}
const lead = {
  /** From `issued_at` to the time that it is of. */
  lead_hours: z.number().positive().max(LONGEST_LEAD_HOURS),
  mean: value,
  /** By level, such as `"0.05"` and `"0.95"`. */
  quantiles: z
    .record(z.string().regex(/^0\.(?!0+$)\d{1,6}$/, 'a level such as "0.05", between 0 and 1'), value)
    .refine((levels) => Object.keys(levels).length <= MOST_QUANTILES, `at most ${MOST_QUANTILES} levels`)
    .optional(),
}
/** By rising lead. */
const listOf = <T extends z.ZodType>(each: T) => z.array(each).min(1).max(MOST_OUTSIDE_LEADS)

/** As it is sent to us: a key that is none is refused, since a `quantity` with a slip in it would forecast the target. */
export const outsideSchema = z.strictObject({ ...forecast, leads: listOf(z.strictObject(lead)) })
/** As we hand it on: such schemas only grow. */
export const takenOutsideSchema = z.object({ ...forecast, leads: listOf(z.object(lead)) })

/** Which of all that came of a session a forecast is: whose, of what, and when it was issued. */
export function outsidePlace(
  { issuer, quantity = '', issued_at }: Pick<OutsideMessage, 'issuer' | 'quantity' | 'issued_at'>,
  session: string,
): string {
  return `${session}/${issuer}/${quantity}/${issued_at}`
}

export type OutsideMessage = z.infer<typeof outsideSchema>
