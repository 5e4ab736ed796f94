import { LEADS } from '../../domain/forecast.ts'
import { type Station, targetChannel } from '../../domain/station.ts'
import type { Example } from '../../forecast/features/example.ts'
import { recognise } from '../../forecast/features/roles.ts'

/** Kelvin that a network's output of 1 stands for: a little more than the usual change within 24 hours. */
const OF_TEMPERATURE = 4
/** As 4 K are to the mean absolute change of temperature. */
const OF_CHANGE = 1.2
const EXAMPLES = 48

/** What a network's output of 1 stands for. Plain data. */
export interface TargetScale {
  /** In the target's unit; null until it is known, then for good: what was learnt must keep its meaning. */
  scale: number | null
  changes: number
  count: number
  examples: number
}

export function emptyScale(station: Station): TargetScale {
  const { role, factor } = recognise(targetChannel(station))
  const scale = role === 'temperature' ? OF_TEMPERATURE / factor : null
  return { scale, changes: 0, count: 0, examples: 0 }
}

/** Settles the scale of a quantity that is no temperature by what its first two days show. */
export function learnScale(state: TargetScale, { current, truth }: Example): void {
  if (state.scale !== null) return
  for (let lead = 0; lead < LEADS; lead++) {
    if (!Number.isFinite(truth[lead])) continue
    state.changes += Math.abs(truth[lead]! - current)
    state.count++
  }
  state.examples++
  if (state.examples === EXAMPLES) state.scale = (OF_CHANGE * state.changes) / state.count || 1
}
