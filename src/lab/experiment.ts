import type { LayerSpec } from './model/model-spec.ts'

/** A system of the chapter, or one that asks something about it: data alone, run by `run-experiment.ts`. */
export interface Experiment {
  /** What it is called on the command line. */
  readonly name: string
  readonly title: string
  readonly task: 'jena' | 'reviews'
  /** Windows or reviews are read from their end to their beginning. */
  readonly reversed?: boolean
  /** Jena with the quantities that its others determine, where the file lacks them. */
  readonly derived?: boolean
  /** None: persistence. For reviews an embedding comes first; a dense layer of one unit comes last in any case. */
  readonly layers?: readonly LayerSpec[]
  readonly epochs: number
  /** Default 0.001. */
  readonly learningRate?: number
  readonly group: 'chapter' | 'further' | 'why'
  /** What it is to find out, where it is none of the chapter's own. */
  readonly question?: string
  readonly printed?: Printed
}

/** The best figure printed of it: a loss (Jena) or an accuracy (reviews) on validation. */
export interface Printed {
  readonly validation: number
  /** Of which epoch it is; default: the best. */
  readonly at?: 'end'
  readonly epochSeconds?: number
}

export const BATCH = 128
export const STEPS_PER_EPOCH = 500
export const LEARNING_RATE = 0.001
/** Epochs without improvement after which an experiment is over. */
export const PATIENCE = 10
