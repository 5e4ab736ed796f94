import { formatInstant } from '../domain/instant.ts'
import type { Reading, Rejection } from '../domain/reading.ts'
import type { Channel } from '../domain/station.ts'

/**
 * How the channels of one moment come: in one reading, or in several of the same stamp, as devices send them that have a
 * message for each quantity. Plain data.
 */
export interface Moments {
  /** Values of the moment released last, with what came of it since; undefined before the first. Shape [channel]. */
  released: Float64Array | undefined
  /** Whether they come in several; undefined until the first moment tells. */
  inParts: boolean | undefined
  /** Of how many moments to come each channel is still waited for. Shape [channel]. */
  awaited: Uint8Array | undefined
  /** Moments in a row that were waited for in vain. */
  inVain: number
  /** True while no moment but the first of all has been released. */
  isFirst?: boolean
}

export function noMoments(): Moments {
  return { released: undefined, inParts: undefined, awaited: undefined, inVain: 0 }
}

/** A channel that was there is waited for so many times, and a station whose parts never come so many. */
const PATIENCE = 8

/** Whether a reading is to wait for the rest of its moment; it waits for a newer one at the longest. */
export function isAwaited({ inParts, awaited, released }: Moments, { values, replay }: Reading): boolean {
  if (inParts === false) return false
  // Of the first moment nobody knows how many parts it has.
  if (inParts && released === undefined) return values.some(Number.isNaN)
  // Live, a first reading is to be seen at once; of a tape the next row is there already.
  if (inParts === undefined) return replay !== undefined && values.some(Number.isNaN)
  return values.some((value, channel) => Number.isNaN(value) && (awaited?.[channel] ?? 0) > 0)
}

/** Takes note of a moment that is released. */
export function seenReleased(moments: Moments, reading: Reading): void {
  const { values } = reading
  if (moments.inParts === true) {
    const isWhole = !isAwaited(moments, reading)
    moments.inVain = isWhole ? 0 : moments.inVain + 1
    if (moments.inVain > PATIENCE) moments.inParts = false
  }
  moments.inParts ??= false
  moments.isFirst = moments.released === undefined
  moments.released = values
  if (!moments.inParts) return
  const { awaited } = moments
  moments.awaited = Uint8Array.from(values, (value, channel) =>
    Number.isNaN(value) ? Math.max(0, (awaited?.[channel] ?? 0) - 1) : PATIENCE,
  )
}

/** Takes note of a second reading of one moment. */
export function seenPart(moments: Moments, { values }: Reading, rejection: Rejection | undefined): void {
  if (rejection !== undefined && rejection.rule !== TOO_LATE) return
  moments.inParts = true
  moments.inVain = 0
  const { awaited } = moments
  moments.awaited = Uint8Array.from(values, (value, channel) =>
    Number.isNaN(value) ? (awaited?.[channel] ?? 0) : PATIENCE,
  )
}

/** Takes note of the first moment of all, which comes again with a further part. */
export function seenFirstAgain(moments: Moments, values: Float64Array): void {
  moments.inParts = true
  moments.inVain = 0
  moments.released = values
  moments.awaited = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : PATIENCE))
}

const TOO_LATE = 'all channels of one time before a forecast is made of it; of the next ones it is waited for'

/** Both readings of one moment in one, or why they cannot be. `isOpen`: the first has not been released yet. */
export function merged(
  known: Float64Array | undefined,
  { values, eventTime }: Reading,
  { isOpen, channels }: { readonly isOpen: boolean; readonly channels: readonly Channel[] },
): { readonly values?: Float64Array; readonly rejection?: Rejection } {
  const stamp = { field: 'event_time', value: formatInstant(eventTime) }
  if (!known) return { rejection: { ...stamp, rule: 'one reading for each time', reason: 'duplicate' } }
  const whole = Float64Array.from(known)
  let isMore = false
  for (const [channel, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    const before = known[channel]!
    if (Number.isNaN(before)) {
      whole[channel] = value
      isMore = true
    } else if (before !== value) {
      const field = channels[channel]?.name ?? `channel ${channel + 1}`
      const rule = `one value for each time; at ${stamp.value} it was ${before} before`
      return { rejection: { field, value, rule, reason: 'contradiction' } }
    }
  }
  if (!isMore) return { rejection: { ...stamp, rule: 'one reading for each time', reason: 'duplicate' } }
  return isOpen ? { values: whole } : { rejection: { ...stamp, rule: TOO_LATE, reason: 'duplicate' } }
}
