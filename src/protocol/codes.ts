/** Codes of error replies over WebSocket and of problem+json over HTTP; `docs/spec.md` holds the same table. */
export const REPLY_CODES = {
  bad_json: { http: 400, temporary: false, meaning: 'the frame or body is no JSON' },
  bad_request: {
    http: 400,
    temporary: false,
    meaning: 'it breaks the schema; the message names field, value and rule',
  },
  unauthorized: { http: 401, temporary: false, meaning: 'a token is set and was not given' },
  forbidden_origin: { http: 403, temporary: false, meaning: 'a page of another origin asked' },
  unknown_station: { http: 404, temporary: false, meaning: 'no station of that id' },
  unknown_topic: { http: 404, temporary: false, meaning: 'no topic of that name' },
  not_found: { http: 404, temporary: false, meaning: 'nothing is served there' },
  nothing_yet: { http: 404, temporary: true, meaning: 'there is none yet: it comes with time' },
  no_replay: { http: 409, temporary: false, meaning: 'the station is live: there is no tape to control' },
  under_replay: {
    http: 409,
    temporary: false,
    meaning: 'a tape is played of the station: it takes no live ticks and cannot be removed',
  },
  would_forget: {
    http: 409,
    temporary: false,
    meaning: 'what was learnt would be forgotten for good, and the command does not say `forget`',
  },
  out_of_range: { http: 422, temporary: false, meaning: 'a seek outside the tape' },
  rejected: {
    http: 422,
    temporary: false,
    meaning: 'all that the body has was refused; the message names the first',
  },
  too_large: { http: 413, temporary: false, meaning: 'a frame or body over the limit' },
  too_many_requests: {
    http: 429,
    temporary: true,
    meaning: 'more requests of one client than are served; `Retry-After` says when they are again',
  },
  timeout: { http: 408, temporary: true, meaning: 'the request did not come whole in time' },
  not_acceptable: { http: 406, temporary: false, meaning: 'it is there in JSON, NDJSON and CSV alone' },
  unsupported_media_type: { http: 415, temporary: false, meaning: 'a kind of body that is not taken there' },
  busy: {
    http: 503,
    temporary: true,
    meaning:
      'no ticks or clients are taken, the tape does not answer, or what is kept cannot be read at the moment',
  },
  internal: { http: 500, temporary: true, meaning: 'a defect of ours' },
} as const
export type ReplyCode = keyof typeof REPLY_CODES

/** Close codes: 4000-4499 mean 'come back', 4500-4999 'do not'. */
export const CLOSE_CODES = {
  going_away: 4000,
  silent: 4001,
  slow: 4002,
  too_large: 4500,
  unauthorized: 4501,
  too_many_errors: 4502,
  too_fast: 4503,
} as const

export interface ReplyError {
  readonly code: ReplyCode
  readonly message: string
  readonly temporary: boolean
}

export function replyError(code: ReplyCode, message: string): ReplyError {
  return { code, message, temporary: REPLY_CODES[code].temporary }
}
