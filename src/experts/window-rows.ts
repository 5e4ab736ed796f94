import { TickcastError } from '../domain/errors.ts'
import { HOUR, type Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { NetworkOptions } from './expert.ts'

const DEFAULT_STEPS = 24
const DEFAULT_STRIDE: Span = 3 * HOUR

/** The window of a station in rows: by default 72 h in steps of 3 h. */
export function windowRows(
  station: Pick<Station, 'cadence'>,
  options: Pick<NetworkOptions, 'lookback' | 'stride'>,
): { lookback: number; stride: number } {
  const stride = options.stride ?? Math.max(1, Math.round(DEFAULT_STRIDE / station.cadence))
  const lookback = options.lookback ?? DEFAULT_STEPS * stride
  if (lookback % stride !== 0) {
    throw new TickcastError(
      'usage',
      `--lookback ${lookback} and --stride ${stride}: the lookback is to be a multiple of the stride`,
    )
  }
  return { lookback, stride }
}
