import { map, type OperatorFunction } from 'rxjs'
import type { PipelineEvent } from '../core/events.ts'
import type { StationModel } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { hold } from './hold.ts'
import type { TrainingRounds } from './training-rounds.ts'

/** A stage between its neighbours: the model's step over the one state. */
type Stage = OperatorFunction<PipelineEvent, PipelineEvent>

/**
 * Holds the stream where weights that take effect at a reading are not here yet. This is what makes forecasts the
 * same at any replay speed; everything behind it sees one event at a time.
 */
export function heldForWeights(model: StationModel, state: StationState, rounds: TrainingRounds): Stage {
  // Rounds that were open when the state was written out.
  rounds.begin()
  return hold(state.waiting, (event) =>
    event.kind === 'reading' ? rounds.until(model.awaitedAt(state, event.reading)) : undefined,
  )
}

/** Masks what a faulty sensor says, and appends readings to the history; a session clears it, a long gap restarts the window. */
export function remembered(model: StationModel, state: StationState): Stage {
  return map((event) => {
    if (event.kind === 'session') {
      if (event.again) model.beginAgain(state)
      else model.beginSession(state, event.session)
    }
    if (event.kind === 'gap' && !event.bridged) model.restartWindow(state)
    if (event.kind === 'accepted') model.acceptSensor(state)
    if (event.kind === 'outside') return model.takeOutside(state, event)
    if (event.kind === 'neighbour') model.takeNeighbour(state, event)
    return event.kind === 'reading' ? model.remember(state, event) : event
  })
}

/** Scores what was forecast, before anything new is learnt. */
export function scored(model: StationModel, state: StationState): Stage {
  return map((event) => (event.kind === 'reading' ? model.score(state, event) : event))
}

/** Puts trained weights into effect and has new rounds trained, beside the stream. */
export function trained(model: StationModel, state: StationState, rounds: TrainingRounds): Stage {
  return map((event) => {
    if (event.kind === 'reading') {
      model.train(state, event)
      rounds.begin()
    }
    return event
  })
}

/** Learns from the reading and issues the next forecast. */
export function issued(model: StationModel, state: StationState): Stage {
  return map((event) => (event.kind === 'reading' ? model.issue(state, event) : event))
}

export function counted(model: StationModel, state: StationState): Stage {
  return map((event) => {
    model.count(state, event)
    return event
  })
}
