export interface Range {
  readonly min: number
  readonly max: number
}

/** Room kept above and below the data, as a share of its span. */
const MARGIN = 0.06

/**
 * A value axis that stands still while data streams: it ends on round numbers, grows as soon as the data leaves it,
 * and shrinks only where more than a step and a half would stay empty at an end.
 */
export function steadyRange(previous: Range | undefined, data: Range): Range {
  const span = Math.max(data.max - data.min, 1e-9)
  const step = roundStep(span)
  const low = data.min - MARGIN * span
  const high = data.max + MARGIN * span
  const wanted = { min: Math.floor(low / step) * step, max: Math.ceil(high / step) * step }
  if (!previous) return wanted
  const keepsMin = previous.min <= low && wanted.min - previous.min < 1.5 * step
  const keepsMax = previous.max >= high && previous.max - wanted.max < 1.5 * step
  return { min: keepsMin ? previous.min : wanted.min, max: keepsMax ? previous.max : wanted.max }
}

/** About eight of these, or fewer, fill the span: 1, 2 or 5 times a power of ten. */
function roundStep(span: number): number {
  const raw = span / 8
  const power = 10 ** Math.floor(Math.log10(raw))
  const digit = raw / power
  return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10)
}
