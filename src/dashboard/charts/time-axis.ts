import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../domain/instant.ts'
import type { StationClock } from '../format.ts'

const STEPS_HOURS = [1, 2, 3, 6, 12, 24, 48]

export interface AxisRange {
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
  readonly widthPx: number
  /** Least distance of two labels. */
  readonly spacePx: number
}

/** Whole hours on the station's clock, counted from its midnight. Seconds since 1970. */
export function timeSplits(clock: StationClock, { from, to, widthPx, spacePx }: AxisRange): number[] {
  const hours = ((to - from) * SECOND) / HOUR
  const stepHours = STEPS_HOURS.find((step) => (step / hours) * widthPx >= spacePx) ?? 48
  return multiples(clock, { from, to, step: (stepHours * HOUR) / SECOND })
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

/** The day at midnight, the hour elsewhere; `short` leaves out the month. */
export function timeLabel(clock: StationClock, seconds: number, short: boolean): string {
  const instant: Instant = seconds * SECOND
  const time = clock.time(instant)
  if (time !== '00:00') return time
  const day = clock.day(instant)
  return short ? day.slice(0, day.lastIndexOf(' ')) : day
}
