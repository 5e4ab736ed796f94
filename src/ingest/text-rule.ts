import { z } from 'zod'

/** A name that a person gives: of a column, a channel, a station. */
export const text = z
  .string('text')
  .trim()
  .min(1, 'at least one character')
  .max(128, 'at most 128 characters')
  .regex(/^\P{Cc}*$/u, 'no control characters')
