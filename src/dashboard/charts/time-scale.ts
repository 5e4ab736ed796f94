import { DAY, HOUR, type Instant, MINUTE, type Span } from '../../domain/instant.ts'

/** How the chart lays out time. Instants in ms. */
export interface TimeScale {
  readonly from: Instant
  readonly now: Instant
  readonly to: Instant
  /** How much wider a minute that was observed is drawn than one that is forecast. 1: alike. */
  readonly stretch: number
}

/** Of less than a day that was observed, as much as is there. */
const SHORT_SPANS: readonly Span[] = [
  ...[5, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12, 24].map((hours) => hours * HOUR),
]

/**
 * The time that a chart spans, up to a day past now. Once a day was observed, past and future have one scale. Before
 * that four minutes would be a speck beside the next day: so what was observed has the left half, whatever there is.
 */
export function timeScale({
  first,
  now,
  usual,
}: {
  /** The oldest reading. */
  readonly first: Instant
  readonly now: Instant
  /** What is shown of the past where there is enough. */
  readonly usual: Span
}): TimeScale {
  const to = now + DAY
  const observed = now - first
  if (observed >= DAY) return { from: now - usual, now, to, stretch: 1 }
  const span = SHORT_SPANS.find((each) => each >= observed) ?? DAY
  return { from: now - span, now, to, stretch: DAY / span }
}

/** Where an instant stands on a line on which all the future and `stretch` of the past are alike. */
export function placeOf({ now, stretch }: TimeScale, instant: Instant): number {
  return instant < now ? now - stretch * (now - instant) : instant
}

/** The instant that stands at a place. */
export function instantAt({ now, stretch }: TimeScale, place: number): Instant {
  return place < now ? now - (now - place) / stretch : place
}
