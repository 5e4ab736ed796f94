import { map, type OperatorFunction, pipe } from 'rxjs'
import type { Levels } from '../forecast/features/levels.ts'
import { type SlidingWindowOptions, slidingWindow } from '../window/sliding-window.ts'
import type { Moment } from './moment.ts'

/** What the window holds of each reading. */
export interface WindowParts extends Omit<SlidingWindowOptions, 'channels'> {
  readonly levels: Levels
}

/** Slides the window over the readings; a long gap and a new session restart it. */
export function windowed(options: WindowParts | undefined): OperatorFunction<Moment, Moment> {
  if (!options) return pipe()
  const { levels } = options
  const window = slidingWindow({ ...options, channels: levels.count })
  let state = window.initial()
  return map((moment) => {
    switch (moment.kind) {
      case 'session':
        state = window.initial()
        return moment
      case 'gap':
        if (!moment.bridged) state = window.restart(state)
        return moment
      case 'reading': {
        const slid = window.step(state, { ...moment.reading, values: levels.of(moment.reading.values) })
        state = slid.state
        return { ...moment, lookback: slid.output }
      }
      default:
        return moment
    }
  })
}
