import type { OperatorFunction } from 'rxjs'
import { type PipelineEvent, readingEvent } from '../core/events.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { flatMap } from './flat-map.ts'

/** Short gaps are held over with flagged readings, and every gap is announced ahead of the reading that ends it. */
export function bridged(
  { bridging }: StationModel,
  state: StationState,
): OperatorFunction<PipelineEvent, PipelineEvent> {
  return flatMap((event, emit) => {
    if (event.kind !== 'reading' && event.kind !== 'session') {
      emit(event)
      return
    }
    const next = bridging.step(state.bridge, event)
    state.bridge = next.state
    for (const arrival of next.output) {
      if (arrival.kind === 'reading') emit(readingEvent(arrival.reading))
      else if (arrival.kind !== 'rejected') emit(arrival)
    }
  })
}
