import type { OperatorFunction } from 'rxjs'
import { type PipelineEvent, readingEvent } from '../core/events.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Arrival, Merged } from '../ingest/arrival.ts'
import { flatMap } from './flat-map.ts'

/**
 * Readings in strictly increasing event time; duplicates, late ones and outlier timestamps become rejections. A
 * replay session begins with its first tick; where that is rejected, ahead of its rejection, which counts in the new
 * session.
 */
export function ordered(
  { ordering }: StationModel,
  state: StationState,
): OperatorFunction<PipelineEvent, PipelineEvent> {
  type Emit = (event: PipelineEvent) => void
  // What was merged comes out with the reading that it was merged into.
  const emitAll = (arrivals: readonly (Arrival | Merged)[], emit: Emit): void => {
    for (const arrival of arrivals) if (arrival.kind !== 'merged') emit(eventOf(arrival))
  }
  const end = (emit: Emit): void => emitAll(ordering.flush(state.order).output, emit)

  return flatMap((event, emit) => {
    if (event.kind === 'reading') {
      const next = ordering.step(state.order, event.reading)
      state.order = next.state
      emitAll(next.output, emit)
      return
    }
    const isMarked = event.kind === 'rejected' || event.kind === 'outside' || event.kind === 'neighbour'
    const session = isMarked ? event.replay?.session : undefined
    if (session !== undefined && session !== state.order.session) {
      end(emit)
      state.order = { ...ordering.initial(), session }
      emit({ kind: 'session', session })
    }
    emit(event)
  }, end)
}

function eventOf(arrival: Arrival): PipelineEvent {
  switch (arrival.kind) {
    case 'reading':
      return readingEvent(arrival.reading)
    case 'session':
      return arrival
    case 'rejected': {
      const { reading, rejection } = arrival
      const { tick = '', replay } = reading
      return {
        kind: 'rejected',
        tick,
        eventTime: formatInstant(reading.eventTime),
        ingestTime: formatInstant(reading.ingestTime),
        rejection,
        replay,
      }
    }
  }
}
