import { z } from 'zod'
import { parseSpan } from '../domain/instant.ts'
import { brokenRule, ISSUER, ISSUER_RULE } from '../protocol/outside.ts'
import { text } from './text-rule.ts'

const ISSUERS = 'a list of issuers, each with issuer: its name'
const KNOWN = "'always', of a column whose values are known in advance"
const CLOCK_TIME = 'a time of day such as "23:00"'

/** Keys of an issuer in a station file: its name, and the columns of `--outside FILE`. */
export const outsideShape = {
  issuer: z.string(ISSUER_RULE).regex(ISSUER, ISSUER_RULE),
  quantity: text.optional(),
  unit: z
    .string('text')
    .max(32, 'at most 32 characters')
    .regex(/^\P{Cc}*$/u, 'no control characters')
    .optional(),
  mean: text.optional(),
  quantiles: z
    .record(z.string().regex(/^0\.\d{1,6}$/, 'a level such as "0.05", between 0 and 1'), text)
    .refine((levels) => Object.keys(levels).length <= 32, 'at most 32 levels')
    .optional(),
  issued_at: text.optional(),
  issued_day_before_at: z
    .string(CLOCK_TIME)
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, CLOCK_TIME)
    .optional(),
  valid_at: text.optional(),
  lead_hours: text.optional(),
  available_at: text.optional(),
  available_after: z
    .string('a span such as 5h')
    .refine((span) => parseSpan(span) !== undefined, 'a span such as 5h')
    .optional(),
  known: z.literal('always', KNOWN).optional(),
}

/** Of times that exclude each other, or of which one is needed. */
const ofFile = [
  ['issued_at', 'issued_day_before_at'],
  ['valid_at', 'lead_hours'],
  ['available_at', 'available_after'],
  ...(['issued_at', 'issued_day_before_at', 'lead_hours', 'available_at', 'available_after'] as const).map(
    (key) => [key, 'known'] as const,
  ),
] as const

export const outsideIssuers = z
  .array(
    z
      .strictObject(outsideShape, 'an issuer: issuer, and the columns of its forecasts')
      .superRefine((given, context) => {
        for (const [one, other] of ofFile) {
          if (given[one] === undefined || given[other] === undefined) continue
          context.addIssue({ code: 'custom', path: [other], message: `either ${one} or ${other}` })
        }
        if (given.lead_hours !== undefined && given.issued_at === undefined)
          context.addIssue({
            code: 'custom',
            path: ['issued_at'],
            message: 'the column that lead_hours counts from',
          })
        const isKnown = given.known !== undefined
        if (isKnown && given.quantity === undefined)
          context.addIssue({ code: 'custom', path: ['quantity'], message: 'the name of what is known' })
        if (isKnown && given.valid_at === undefined)
          context.addIssue({ code: 'custom', path: ['valid_at'], message: 'the column with its times' })
        if (given.unit !== undefined && given.quantity === undefined)
          context.addIssue({
            code: 'custom',
            path: ['unit'],
            message: "none without quantity: it is the target's",
          })
      }),
    ISSUERS,
  )
  .min(1, 'at least one issuer')
  .superRefine((given, context) => {
    const message = brokenRule(given)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
