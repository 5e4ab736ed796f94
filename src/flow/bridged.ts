import type { OperatorFunction } from 'rxjs'
import { type BridgeOptions, bridge } from '../ingest/bridge.ts'
import { expanded } from './expanded.ts'
import { held } from './held.ts'
import { type Moment, readingMoment } from './moment.ts'

/** Short gaps are held over with flagged readings, and every gap is said before the reading that ends it. */
export function bridged(options: BridgeOptions): OperatorFunction<Moment, Moment> {
  const bridging = held(bridge(options))
  return expanded((moment, emit) => {
    if (moment.kind !== 'reading' && moment.kind !== 'session') {
      emit(moment)
      return
    }
    for (const arrival of bridging.step(moment)) {
      if (arrival.kind === 'reading') emit(readingMoment(arrival.reading))
      else if (arrival.kind !== 'rejected') emit(arrival)
    }
  })
}
