import { defer, type OperatorFunction } from 'rxjs'
import type { PipelineEvent, TickDelivery } from '../core/events.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { bridged } from './bridged.ts'
import { ordered } from './ordered.ts'
import { counted, heldForWeights, issued, remembered, scored, trained } from './stages.ts'
import { trainingRounds } from './training-rounds.ts'
import { validated } from './validated.ts'

/** Of no tick: deliveries are numbered from 1 on. */
const NO_DELIVERY = 0

/** Deliveries of whoever wrote the state out are acknowledged by nobody any more, and their numbers are given anew. */
function forgetDeliveries({ waiting }: StationState): void {
  for (const [place, event] of waiting.entries()) {
    if (event.kind === 'done') waiting[place] = { kind: 'done', delivery: NO_DELIVERY }
  }
}

/**
 * From a station's ticks to its verified forecasts. The order within one tick keeps verification honest: what was
 * forecast before is scored before anything is learnt, and a forecast knows its own reading and nothing later. All
 * state is in the record that `open` gives for each subscription, a new one by default; it may be written out between
 * any two ticks. `onNote` is told what of ticks is left aside.
 */
export function pipeline(
  model: StationModel,
  open: () => StationState = model.initial,
  onNote?: (note: string) => void,
): OperatorFunction<TickDelivery, PipelineEvent> {
  return (deliveries$) =>
    defer(() => {
      const state = open()
      forgetDeliveries(state)
      const rounds = trainingRounds(model.parts.trained, state)
      return deliveries$.pipe(
        validated(model, state, onNote),
        ordered(model, state),
        bridged(model, state),
        heldForWeights(model, state, rounds),
        remembered(model, state),
        scored(model, state),
        trained(model, state, rounds),
        issued(model, state),
        counted(model, state),
      )
    })
}
