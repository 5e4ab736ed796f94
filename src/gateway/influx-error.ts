import type { ReplyCode, ReplyError } from '../protocol/codes.ts'

/** What InfluxDB calls it; all else is `invalid`. */
const INFLUX_CODES: { readonly [C in ReplyCode]?: string } = {
  unauthorized: 'unauthorized',
  forbidden_origin: 'forbidden',
  too_large: 'request too large',
  too_many_requests: 'too many requests',
  busy: 'unavailable',
  internal: 'internal error',
}

/** An error as clients of InfluxDB read it: `code` and `message` those of version 2, `error` those of version 1. */
export function influxError({ code, message }: ReplyError): object {
  return { code: INFLUX_CODES[code] ?? 'invalid', message, error: message }
}
