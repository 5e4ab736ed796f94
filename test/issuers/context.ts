import type { Instant } from '../../src/domain/instant.ts'
import type { IssuerContext } from '../../src/issuers/issuer.ts'

export const ASKED_AT = Date.parse('2026-03-01T12:07:13Z')

/** Whoever asks at a time and has the answer two seconds later. */
export function asking(askedAt: Instant = ASKED_AT, more: Partial<IssuerContext> = {}): IssuerContext {
  return { userAgent: 'tickcast/test', askedAt, now: () => askedAt + 2_000, env: {}, ...more }
}
