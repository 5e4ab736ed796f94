import { DAY, HOUR, type Instant, MINUTE, SECOND, type Span } from '../../domain/instant.ts'
import type { StationClock } from '../format.ts'
import { placeOf, type TimeScale } from './time-scale.ts'

const STEPS: readonly Span[] = [
  ...[10, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48].map((hours) => hours * HOUR),
]

export interface AxisRange {
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
  readonly widthPx: number
  /** Least distance of two labels. */
  readonly spacePx: number
}

/** Round times on the station's clock, counted from its midnight. Seconds since 1970. */
export function timeSplits(clock: StationClock, { from, to, widthPx, spacePx }: AxisRange): number[] {
  const span = (to - from) * SECOND
  const step = STEPS.find((each) => (each / span) * widthPx >= spacePx) ?? 2 * DAY
  return multiples(clock, { from, to, step: step / SECOND })
}

/** The same of a scale whose past is stretched: by steps of their own on both sides of now, next to which none crowds another. */
export function scaleSplits(
  clock: StationClock,
  { scale, widthPx, spacePx }: Pick<AxisRange, 'widthPx' | 'spacePx'> & { readonly scale: TimeScale },
): number[] {
  const { from, now, to, stretch } = scale
  if (stretch === 1) return timeSplits(clock, { from: from / SECOND, to: to / SECOND, widthPx, spacePx })
  const sidePx = widthPx / 2
  const past = timeSplits(clock, {
    ...{ from: from / SECOND, to: now / SECOND },
    ...{ widthPx: sidePx, spacePx },
  })
  const future = timeSplits(clock, {
    ...{ from: now / SECOND, to: to / SECOND },
    ...{ widthPx: sidePx, spacePx },
  })
  const pxOf = (seconds: number) =>
    ((placeOf(scale, seconds * SECOND) - placeOf(scale, from)) /
      (placeOf(scale, to) - placeOf(scale, from))) *
    widthPx
  const last = past.at(-1)
  return [...past, ...future.filter((at) => last === undefined || pxOf(at) - pxOf(last) >= spacePx)]
}

/** Every beginning of a day on the station's clock. Seconds since 1970. */
export function midnights(clock: StationClock, { from, to }: Pick<AxisRange, 'from' | 'to'>): number[] {
  return multiples(clock, { from, to, step: DAY / SECOND })
}

function multiples(clock: StationClock, span: { from: number; to: number; step: number }): number[] {
  const { from, to, step } = span
  const offset = (clock.offsetMinutes * MINUTE) / SECOND
  const found: number[] = []
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) found.push(at)
  return found
}

/** The day at midnight, the time elsewhere, with seconds where it has some; `short` leaves out the month. */
export function timeLabel(clock: StationClock, seconds: number, short: boolean): string {
  const instant: Instant = seconds * SECOND
  const ofMinute = instant % MINUTE
  const time = clock.time(instant)
  if (ofMinute !== 0) return `${time}:${String(ofMinute / SECOND).padStart(2, '0')}`
  if (time !== '00:00') return time
  const day = clock.day(instant)
  return short ? day.slice(0, day.lastIndexOf(' ')) : day
}
