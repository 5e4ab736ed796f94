import type { Instant, Span } from '../../domain/instant.ts'

/** Writes sine and cosine of where a time by the station's clock stands in each span, from `offset` on. */
export function writeWaves(
  local: Instant,
  spans: readonly Span[],
  { into, offset }: { readonly into: Float64Array; readonly offset: number },
): void {
  let place = offset
  for (const span of spans) {
    const angle = (2 * Math.PI * (local % span)) / span
    into[place++] = Math.sin(angle)
    into[place++] = Math.cos(angle)
  }
}
