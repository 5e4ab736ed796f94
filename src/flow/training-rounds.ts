import type { TrainedExpert } from '../core/station-model.ts'
import type { StationState } from '../core/station-state.ts'
import { deferred } from '../domain/deferred.ts'
import { nextRound, roundTrained, trainingFailed } from '../learn/learner.ts'
import type { LearnerState } from '../learn/learner-state.ts'

/** Has the rounds trained that learners have opened, one after the other for each, and hands their outcomes in. */
export interface TrainingRounds {
  /** Begins what is open and not under way: to be called whenever a round may have been opened. */
  begin(): void
  /** Until the rounds are here, or training has failed; never rejects. Undefined where there is nothing to wait for. */
  until(awaited: readonly { readonly expert: string; readonly round: number }[]): Promise<void> | undefined
}

/**
 * The effects of `state`'s learners. What is under way is no state: a round whose outcome has not come is still open
 * there, and begun anew by whoever takes the state on.
 */
export function trainingRounds(trained: readonly TrainedExpert[], state: StationState): TrainingRounds {
  /** By expert: the learner whose round is under way, and when its outcome is in. A new session has new learners. */
  const underWay = new Map<string, { readonly learner: LearnerState; readonly done: Promise<void> }>()

  const begin = (expert: TrainedExpert): void => {
    const { name, trainer } = expert
    const learner = state.learners[name]!
    if (underWay.get(name)?.learner === learner) return
    const round = nextRound(learner)
    if (!round) return
    const { promise: done, resolve } = deferred<void>()
    underWay.set(name, { learner, done })
    const ended = (): void => {
      if (underWay.get(name)?.learner === learner) underWay.delete(name)
      if (state.learners[name] === learner) begin(expert)
      resolve()
    }
    trainer.train(learner.trainer, round).then(
      (outcome) => {
        roundTrained(learner, outcome)
        ended()
      },
      (error: unknown) => {
        trainingFailed(learner, error)
        ended()
      },
    )
  }

  /** Waits for one outcome after the other. */
  const arrival = async (expert: string, round: number): Promise<void> => {
    for (;;) {
      const learner = state.learners[expert]!
      const open = learner.open.find((one) => one.round === round)
      if (learner.failure !== undefined || open === undefined || open.result !== undefined) return
      await underWay.get(expert)?.done
    }
  }

  return {
    begin() {
      for (const expert of trained) begin(expert)
    },
    until(awaited) {
      if (awaited.length === 0) return undefined
      for (const expert of trained) begin(expert)
      return Promise.all(awaited.map(({ expert, round }) => arrival(expert, round))).then(() => undefined)
    },
  }
}
