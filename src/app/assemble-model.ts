import type { ModelDescription } from '../core/state-codec.ts'
import { type StationModel, stationModel } from '../core/station-model.ts'
import type { Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { type ExpertFlags, expertsFor } from '../experts/choose.ts'
import type { Expert } from '../experts/expert.ts'
import { windowRows } from '../experts/window-rows.ts'
import { aheadInputs } from '../forecast/ahead/ahead-inputs.ts'
import { lookahead } from '../forecast/ahead/lookahead.ts'
import { networkInputsOf } from '../forecast/features/network-inputs.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import type { RoundTrainer } from '../learn/trainer.ts'
import { describeNetworks } from '../networks/describe-networks.ts'
import type { NetworkToTrain } from '../networks/network-to-train.ts'

/** The flags of the pipeline, as the command line parses them. */
export interface PipelineFlags extends ExpertFlags {
  /** Files of forecasters of the user's own. */
  readonly expert?: readonly string[]
  readonly issueEvery: Span
  readonly maxBridge: Span
  readonly lateness: Span
}

/** Wraps the parts before the pipeline is built of them, for measurements. Default: unchanged. */
export interface Instruments {
  readonly aroundExpert?: (expert: Forecaster) => Forecaster
  readonly aroundModel?: (model: StationModel) => StationModel
}

export interface AssembledModel {
  readonly model: StationModel
  /** What makes a state this model's. */
  readonly description: ModelDescription
  /** The recurrent networks in words; `none` without any. */
  readonly network: string
}

/** The model of a station with the experts that flags choose, their networks trained by whoever `trainerOf` names. */
export function assembleModel(
  station: Station,
  flags: PipelineFlags,
  {
    trainerOf,
    instruments: { aroundExpert, aroundModel } = {},
  }: {
    readonly trainerOf: (network: NetworkToTrain, seed: number) => RoundTrainer
    readonly instruments?: Instruments
  },
): AssembledModel {
  const experts = expertsFor(station, flags)
  const recurrent = experts.flatMap(({ training }) =>
    training?.network.kind === 'recurrent' ? [training.network.spec] : [],
  )
  const model = stationModel({
    station,
    lateness: flags.lateness,
    maxBridge: flags.maxBridge,
    issueEvery: flags.issueEvery,
    window:
      recurrent.length > 0
        ? {
            ...{ inputs: networkInputsOf(station), cadence: station.cadence, ...windowRows(station, flags) },
            lookahead: lookahead(station, { ...recurrent[0]!, seed: flags.seed }),
          }
        : undefined,
    experts: experts.map(({ forecaster }) => aroundExpert?.(forecaster) ?? forecaster),
    trained: experts.flatMap(({ forecaster: { name }, training }) => {
      if (!training) return []
      const { learnsFrom, learner, minRounds, network, seed } = training
      return [{ name, learnsFrom, learner, minRounds, trainer: trainerOf(network, seed) }]
    }),
    seed: flags.seed,
  })
  return {
    model: aroundModel?.(model) ?? model,
    description: described(station, flags, experts),
    network: recurrent.length > 0 ? describeNetworks(recurrent) : 'none',
  }
}

/** What makes a state that of the model which `assembleModel` would build. */
export function describeModel(station: Station, flags: PipelineFlags): ModelDescription {
  return described(station, flags, expertsFor(station, flags))
}

function described(station: Station, flags: PipelineFlags, experts: readonly Expert[]): ModelDescription {
  const ahead = experts.some(({ training }) => training?.network.kind === 'recurrent')
    ? aheadInputs(station)
    : []
  return {
    station: {
      ...station,
      title: undefined,
      // Issuers are experts below, quantities their inputs.
      outside: undefined,
      // So are neighbours.
      neighbours: undefined,
      // By which way its ticks come, nothing that was learnt depends on.
      channels: station.channels.map(({ topic: _, ...channel }) => channel),
    },
    ...{ lateness: flags.lateness, maxBridge: flags.maxBridge, issueEvery: flags.issueEvery },
    ...{ trainEvery: flags.trainEvery, roundSteps: flags.roundSteps, batch: flags.batch },
    ...{ lookback: flags.lookback, stride: flags.stride, seed: flags.seed },
    ...(ahead.length > 0 && { lookahead: ahead }),
    experts: experts.map(({ forecaster: { name }, training, inputs, plugin }) => ({
      name,
      ...(training && { network: { ...training.network, threads: undefined } }),
      ...(inputs && { inputs }),
      ...(plugin !== undefined && { plugin }),
    })),
  }
}
