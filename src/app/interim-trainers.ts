import type { RoundTrainer, TrainerState } from '../learn/trainer.ts'
import { startMlpTrainer } from '../networks/mlp/mlp-trainer.ts'
import type { NetworkToTrain } from '../networks/network-to-train.ts'
import { freeThreads, type SequentialTrainer, startNetworkTrainers } from '../networks/network-trainer.ts'
import type { BackendChoice } from '../tensorflow/backend-choice.ts'

const NOTHING = {
  step: 0,
  parameters: new Float32Array(0),
  firstMoment: new Float32Array(0),
  secondMoment: new Float32Array(0),
  average: new Float32Array(0),
}
const STATE: TrainerState = { optimizer: NOTHING, lastGood: NOTHING, meanLoss: undefined, noise: 0 }

function over(trainer: SequentialTrainer): RoundTrainer & { close(): Promise<void> } {
  return {
    backend: trainer.engine,
    async train(state, round) {
      if (state === undefined && round.round > 1) await trainer.reset()
      return { result: await trainer.train(round), state: STATE }
    },
    close: () => trainer.close(),
  }
}

export async function interimTrainers(
  networks: readonly NetworkToTrain[],
  { engine, threads }: { engine: BackendChoice; threads: number | undefined },
) {
  const recurrent = networks.flatMap((one) => (one.kind === 'recurrent' ? [one] : []))
  const trainers =
    recurrent.length === 0
      ? []
      : await startNetworkTrainers({
          networks: recurrent,
          engine,
          threads: threads ?? (recurrent.length > 1 ? 1 : freeThreads()),
        })
  const result = []
  for (const one of networks)
    result.push(
      over(one.kind === 'recurrent' ? trainers[recurrent.indexOf(one)]! : await startMlpTrainer(one)),
    )
  return result
}
