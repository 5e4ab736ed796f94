import { map, type OperatorFunction, pipe } from 'rxjs'
import { type SlidingWindowOptions, slidingWindow } from '../window/sliding-window.ts'
import type { Moment } from './moment.ts'

/** Slides the window over the readings; a long gap and a new session restart it. */
export function windowed(options: SlidingWindowOptions | undefined): OperatorFunction<Moment, Moment> {
  if (!options) return pipe()
  const window = slidingWindow(options)
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
        const slid = window.step(state, moment.reading)
        state = slid.state
        return { ...moment, lookback: slid.output }
      }
      default:
        return moment
    }
  })
}
