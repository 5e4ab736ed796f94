import type { RoundTrainer, TrainedRound, TrainerState, TrainingRound } from '../../src/learn/trainer.ts'

/** Rounds one after the other, each from the state that the last one ended with. */
export async function trainRounds(
  trainer: RoundTrainer,
  rounds: readonly TrainingRound[],
  from?: TrainerState,
): Promise<TrainedRound[]> {
  const trained: TrainedRound[] = []
  for (const round of rounds) trained.push(await trainer.train(trained.at(-1)?.state ?? from, round))
  return trained
}

export const resultsOf = (trained: readonly TrainedRound[]) => trained.map(({ result }) => result)
