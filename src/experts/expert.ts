import type { Span } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import type { Learner } from '../learn/learner.ts'
import type { NetworkToTrain } from '../networks/network-to-train.ts'

/** What the experts of a station are made with. */
export interface ExpertOptions {
  /** The same seed makes the same expert. */
  readonly seed: number
  /** The burn-in of those that have one, in place of their own: see `LeastSquaresOptions`. */
  readonly minExamples?: number
  readonly networks: NetworkOptions
  /** Its place among the experts that are trained on lookbacks, and how many those are: they are trained in turns. */
  readonly turn: { readonly place: number; readonly of: number }
}

/** What recurrent networks see, and how they are trained. */
export interface NetworkOptions {
  /** In rows; by default 72 h in steps of 3 h. */
  readonly lookback?: number
  readonly stride?: number
  readonly trainEvery: Span
  readonly roundSteps: number
  readonly batch: number
  /** That work on each batch of a network together; the weights are the same bits for any count. Default 1. */
  readonly threads?: number
}

/** What of an expert is trained beside the stream. */
export interface ExpertTraining {
  readonly learnsFrom: 'lookbacks' | 'features'
  readonly learner: Learner
  readonly network: NetworkToTrain
  /** That its first weights are drawn from. */
  readonly seed: number
  /** Rounds of training before its weights are used: what has learnt little only costs the mixture its first weeks. */
  readonly minRounds: number
}

/** A member of the mixture. */
export interface Expert {
  readonly forecaster: Forecaster
  /** Undefined where all that it learns it learns within the stream. */
  readonly training?: ExpertTraining
  /** Of quantities that are known ahead, where it learns from those: with others it is another expert. */
  readonly inputs?: readonly string[]
}

/** An expert's line in the registry. */
export interface ExpertEntry {
  readonly name: string
  /** What it is trained on beside the stream. */
  readonly learnsFrom: 'stream' | ExpertTraining['learnsFrom']
  create(station: Station, options: ExpertOptions): Expert
}
