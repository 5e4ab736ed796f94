import type { OperatorFunction } from 'rxjs'
import { formatInstant } from '../domain/instant.ts'
import { type Arrival, type OrderOptions, order } from '../ingest/order.ts'
import { expanded } from './expanded.ts'
import { type Moment, readingMoment } from './moment.ts'

/**
 * Readings in strictly increasing event time; duplicates, late ones and outliers in time become rejections. A replay
 * session begins with its first tick, and where that was refused already, ahead of its rejection: it counts there.
 */
export function ordered(options: OrderOptions): OperatorFunction<Moment, Moment> {
  const ordering = order(options)
  let state = ordering.initial()

  const end = (emit: (moment: Moment) => void): void => {
    for (const arrival of ordering.flush(state).output) emit(momentOf(arrival))
  }
  const begin = (session: string, emit: (moment: Moment) => void): void => {
    end(emit)
    state = { ...ordering.initial(), session }
    emit({ kind: 'session', session })
  }

  return expanded((moment, emit) => {
    if (moment.kind === 'reading') {
      const next = ordering.step(state, moment.reading)
      state = next.state
      for (const arrival of next.output) emit(momentOf(arrival))
      return
    }
    const session = moment.kind === 'rejected' ? moment.replay?.session : undefined
    if (session !== undefined && session !== state.session) begin(session, emit)
    emit(moment)
  }, end)
}

function momentOf(arrival: Arrival): Moment {
  switch (arrival.kind) {
    case 'reading':
      return readingMoment(arrival.reading)
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
