import type { OperatorFunction } from 'rxjs'
import { type PipelineEvent, readingEvent } from '../core/events.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Arrival } from '../ingest/order.ts'
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
  const end = (emit: (event: PipelineEvent) => void): void => {
    for (const arrival of ordering.flush(state.order).output) emit(eventOf(arrival))
  }

  return flatMap((event, emit) => {
    if (event.kind === 'reading') {
      const next = ordering.step(state.order, event.reading)
      state.order = next.state
      for (const arrival of next.output) emit(eventOf(arrival))
      return
    }
    const session = event.kind === 'rejected' ? event.replay?.session : undefined
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
