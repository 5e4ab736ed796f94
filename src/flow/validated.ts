import type { OperatorFunction } from 'rxjs'
import { type PipelineEvent, readingEvent, type TickDelivery } from '../core/events.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { parseInstant } from '../domain/instant.ts'
import type { OutsideForecast } from '../domain/outside.ts'
import type { Rejection } from '../domain/reading.ts'
import { noNames } from '../ingest/named-rows.ts'
import { unreadTickReader } from '../ingest/unread-tick.ts'
import { validator } from '../ingest/validate.ts'
import { validateNeighbour } from '../ingest/validate-neighbour.ts'
import { validateOutside } from '../ingest/validate-outside.ts'
import { replayMarkOf } from '../protocol/encode.ts'
import type { TickMessage } from '../protocol/tick.ts'
import { flatMap } from './flat-map.ts'

/** Ticks become readings or named rejections; each delivery is done behind what it set off. */
export function validated(
  { parts: { station } }: StationModel,
  state: StationState,
  onNote?: (note: string) => void,
): OperatorFunction<TickDelivery, PipelineEvent> {
  const validate = validator(station)
  const read = unreadTickReader(station, { naming: () => (state.naming ??= noNames()), onNote })
  const judge = (tick: TickMessage, emit: (event: PipelineEvent) => void): void => {
    const refuse = (rejection: Rejection): void => {
      const { id, event_time: eventTime, ingest_time: ingestTime } = tick
      const replay = tick.replay && replayMarkOf(tick.replay)
      emit({ kind: 'rejected', tick: id, eventTime, ingestTime, rejection, replay })
    }
    if (tick.outside) {
      const verdict = validateOutside(station, tick.outside, parseInstant(tick.ingest_time) ?? 0)
      if (verdict.ok) emit(outsideEvent(tick, verdict.forecast))
      else refuse(verdict.rejection)
      return
    }
    if (tick.neighbour) {
      const verdict = validateNeighbour(station, tick.neighbour, parseInstant(tick.ingest_time) ?? 0)
      const replay = tick.replay && replayMarkOf(tick.replay)
      if (verdict.ok) emit({ kind: 'neighbour', reading: verdict.reading, replay })
      else refuse(verdict.rejection)
      return
    }
    const verdict = validate(tick)
    if (verdict.ok) {
      emit(readingEvent(verdict.reading))
      if (verdict.masked > 0) emit({ kind: 'masked', cells: verdict.masked })
    } else refuse(verdict.rejection)
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

function outsideEvent(
  { id: tick, ingest_time: ingestTime, outside: said, replay }: TickMessage,
  forecast: OutsideForecast,
): PipelineEvent {
  return { kind: 'outside', forecast, said, tick, ingestTime, replay: replay && replayMarkOf(replay) }
}
