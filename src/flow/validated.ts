import type { OperatorFunction } from 'rxjs'
import { type PipelineEvent, readingEvent, type TickDelivery } from '../core/events.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { unreadTickReader } from '../ingest/unread-tick.ts'
import { validator } from '../ingest/validate.ts'
import { replayMarkOf } from '../protocol/encode.ts'
import type { TickMessage } from '../protocol/messages.ts'
import { flatMap } from './flat-map.ts'

/** Ticks become readings or named rejections; each delivery is done behind what it set off. */
export function validated(
  { parts: { station } }: StationModel,
  state: StationState,
  onNote?: (note: string) => void,
): OperatorFunction<TickDelivery, PipelineEvent> {
  const validate = validator(station)
  const read = unreadTickReader(station, onNote)
  const judge = (tick: TickMessage, emit: (event: PipelineEvent) => void): void => {
    const verdict = validate(tick)
    if (verdict.ok) {
      emit(readingEvent(verdict.reading))
      if (verdict.masked > 0) emit({ kind: 'masked', cells: verdict.masked })
    } else {
      const { id, event_time: eventTime, ingest_time: ingestTime } = tick
      const replay = tick.replay && replayMarkOf(tick.replay)
      emit({ kind: 'rejected', tick: id, eventTime, ingestTime, rejection: verdict.rejection, replay })
    }
  }
  return flatMap(({ delivery, tick, position }, emit) => {
    if (position !== undefined) state.position = position
    if (tick.replay?.row !== undefined) state.tapeRow = tick.replay.row
    if (tick.health === 'accept') emit({ kind: 'accepted' })
    else if (tick.unread === undefined) judge(tick, emit)
    else for (const each of read(tick)) judge(each, emit)
    emit({ kind: 'done', delivery })
  })
}
