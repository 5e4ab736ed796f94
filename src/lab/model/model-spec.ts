/** A recurrent layer; below another one it hands on every step, else its last state. */
export interface RecurrentSpec {
  readonly kind: 'gru' | 'lstm'
  readonly units: number
  /** Default tanh. */
  readonly activation?: 'tanh' | 'relu'
  /** Dropout rates, 0 to 1, of the inputs and of the recurrent state; default 0. One mask serves all steps. */
  readonly dropout?: number
  readonly recurrentDropout?: number
  /** A mask of its own for each gate rather than one for all. */
  readonly maskPerGate?: boolean
  /** Reads in both directions and joins the outputs of both. */
  readonly bidirectional?: boolean
}

/** A layer of a network, as data. */
export type LayerSpec =
  | RecurrentSpec
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly units: number; readonly activation?: 'relu' | 'linear' }
  /** Each value by itself, drawn anew at every step of a sequence. */
  | { readonly kind: 'dropout'; readonly rate: number }
  /** Of as many words as the input has. */
  | { readonly kind: 'embedding'; readonly width: number }

/** What a network reads. */
export type InputSpec =
  | { readonly kind: 'series'; readonly steps: number; readonly width: number }
  | { readonly kind: 'tokens'; readonly length: number; readonly words: number }

/** A network that predicts one number for each sample. */
export interface ModelSpec {
  readonly input: InputSpec
  /** The last one is a dense layer of one unit. */
  readonly layers: readonly LayerSpec[]
  /** Cross entropy takes what the network predicts for the logit of 1 against 0. */
  readonly loss: 'mae' | 'cross_entropy'
}

export function isRecurrent(layer: LayerSpec): layer is RecurrentSpec {
  return layer.kind === 'gru' || layer.kind === 'lstm'
}
