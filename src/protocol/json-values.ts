import { z } from 'zod'

/*
 * Public JSON: snake_case keys, times in RFC 3339 UTC, null where a number is unknown. Schemas only grow: a reader
 * ignores keys it does not know.
 */

export const instant = z.string()
/** Null where it is unknown. */
export const maybe = z.number().nullable()
