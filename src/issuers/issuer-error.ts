import type { Span } from '../domain/instant.ts'

/**
 * Why an issuer gave no forecast. `unreachable`: nobody answers; `refused`: a status that is none of success; `busy`:
 * it asks for patience; `redirected`: to another host, which is not followed; `no_token`: it wants one and there is none;
 * `unexpected`: an answer that is no forecast of what was asked.
 */
export type IssuerErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'refused'
  | 'busy'
  | 'redirected'
  | 'too_large'
  | 'no_json'
  | 'no_token'
  | 'unexpected'

/** What went wrong with one asking, for people in one line; it never holds more of an address than its host. */
export class IssuerError extends Error {
  readonly kind: IssuerErrorKind
  /** How long the issuer asked us to wait. */
  readonly retryAfter: Span | undefined
  constructor(
    kind: IssuerErrorKind,
    message: string,
    { retryAfter, cause }: { readonly retryAfter?: Span | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.name = 'IssuerError'
    this.kind = kind
    this.retryAfter = retryAfter
  }
}

/** What an answer was read as; throws where it was none. */
export function expected<T extends object>(read: T | { readonly problem: string } | undefined): T {
  if (read !== undefined && !('problem' in read)) return read
  throw new IssuerError('unexpected', read?.problem ?? 'there is no answer')
}
