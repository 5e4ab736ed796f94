import { errorMessage } from '../domain/errors.ts'
import { type Instant, SECOND, type Span } from '../domain/instant.ts'
import { shown } from '../ingest/bad-file.ts'
import { IssuerError } from './issuer-error.ts'

/** One request; a body makes it a POST. */
export interface Asking {
  readonly url: URL
  readonly body?: unknown
  /** Goes with it as a bearer token, to this host alone. */
  readonly token?: string | undefined
}

/** What requests are made with. */
export interface AskContext {
  /** Names the program, as whoever is asked may want to know. */
  readonly userAgent: string
  readonly now: () => Instant
  readonly signal?: AbortSignal | undefined
  /** For the whole answer; default 30 s. */
  readonly timeout?: Span | undefined
}

const TIMEOUT: Span = 30 * SECOND
/** Far more than any forecast of one place; unpacked. */
const MOST_BYTES = 4 * 2 ** 20
const MOST_REDIRECTS = 3
const TOO_MANY_REQUESTS = 429
const UNAVAILABLE = 503

/** The JSON that a host answers with. Rejects with an `IssuerError`. */
export async function askJson(asking: Asking, context: AskContext): Promise<unknown> {
  const { timeout = TIMEOUT } = context
  const late = AbortSignal.timeout(timeout)
  const signal = context.signal ? AbortSignal.any([late, context.signal]) : late
  try {
    const response = await answered(asking, { ...context, signal })
    const text = await textOf(response, asking.url.host)
    if (!response.ok) throw refusal(response, text, { host: asking.url.host, now: context.now() })
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new IssuerError('no_json', `${asking.url.host} answers with no JSON: ${errorMessage(cause)}`, {
        cause,
      })
    }
  } catch (cause) {
    if (cause instanceof IssuerError) throw cause
    const { host } = asking.url
    if (late.aborted)
      throw new IssuerError('timeout', `${host} has not answered within ${timeout / SECOND} s`, { cause })
    throw new IssuerError('unreachable', `${host} cannot be reached: ${reason(cause)}`, { cause })
  }
}

/** Follows redirects within the host, of requests that only read. */
async function answered(
  { url, body, token }: Asking,
  { userAgent, signal }: AskContext & { readonly signal: AbortSignal },
): Promise<Response> {
  let at = url
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(at, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (response.status < 300 || response.status >= 400) return response
    await response.body?.cancel()
    const to = response.headers.get('location') ?? ''
    const next = URL.canParse(to, at) ? new URL(to, at) : undefined
    if (body !== undefined || next?.origin !== url.origin || redirects === MOST_REDIRECTS)
      throw new IssuerError(
        'redirected',
        `${url.host} redirects to ${next ? next.origin : 'nowhere'}, which is not followed: give the address that is meant`,
      )
    at = next
  }
}

async function textOf({ body, headers }: Response, host: string): Promise<string> {
  const tooLarge = () =>
    new IssuerError('too_large', `${host} answers with more than ${MOST_BYTES / 2 ** 20} MiB`)
  if (Number(headers.get('content-length') ?? 0) > MOST_BYTES) {
    await body?.cancel()
    throw tooLarge()
  }
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body ?? []) {
    length += part.length
    if (length > MOST_BYTES) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function refusal(
  { status, headers }: Response,
  text: string,
  { host, now }: { readonly host: string; readonly now: Instant },
): IssuerError {
  const why = reasonIn(text)
  const message = `${host} answers ${status}${why === '' ? '' : `: ${why}`}`
  const isBusy = status === TOO_MANY_REQUESTS || status === UNAVAILABLE
  const retryAfter = isBusy ? waitIn(headers.get('retry-after'), now) : undefined
  return new IssuerError(isBusy ? 'busy' : 'refused', message, { retryAfter })
}

/** As Open-Meteo has it in `reason`, Home Assistant in `message`, others in `error`. */
function reasonIn(text: string): string {
  try {
    const { reason, message, error }: Record<string, unknown> = Object(JSON.parse(text))
    const said = [reason, message, error].find((each) => typeof each === 'string')
    return said === undefined ? '' : shown(String(said))
  } catch {
    return ''
  }
}

/** `Retry-After`: seconds, or a date of HTTP. */
function waitIn(header: string | null, now: Instant): Span | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  const wait = Number.isFinite(seconds) ? seconds * SECOND : Date.parse(header) - now
  return wait > 0 ? wait : undefined
}

/** What `fetch` fails with says nothing; its cause does. */
function reason(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return code || shown(errorMessage(cause))
}
