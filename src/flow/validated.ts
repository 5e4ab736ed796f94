import type { OperatorFunction } from 'rxjs'
import type { Station } from '../domain/station.ts'
import { validator } from '../ingest/validate.ts'
import { parsedSpeed } from '../protocol/encode.ts'
import { expanded } from './expanded.ts'
import { type Moment, readingMoment, type Turn } from './moment.ts'

/** Ticks become readings or named rejections; each turn is closed behind what it set off. */
export function validated(station: Station): OperatorFunction<Turn, Moment> {
  const validate = validator(station)
  return expanded((turn, emit) => {
    const { tick } = turn
    const verdict = validate(tick)
    if (verdict.ok) {
      emit(readingMoment(verdict.reading))
      if (verdict.masked > 0) emit({ kind: 'masked', cells: verdict.masked })
    } else {
      const { id, event_time: eventTime, ingest_time: ingestTime } = tick
      const replay = tick.replay && { ...tick.replay, speed: parsedSpeed(tick.replay.speed) }
      emit({ kind: 'rejected', tick: id, eventTime, ingestTime, rejection: verdict.rejection, replay })
    }
    emit({ kind: 'done', turn })
  })
}
