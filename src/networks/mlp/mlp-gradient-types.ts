/** A batch as one step of training sees it. */
export interface MlpBatch {
  readonly size: number
  /** Shape [sample][input]. */
  readonly x: Float32Array
  /** What hidden units are multiplied with: 0 where one is left out. Shape [sample][unit]. */
  readonly mask: Float32Array
  /** Shape [sample][lead 24]; NaN where unknown. */
  readonly truth: Float32Array
}

/** The mean absolute error over known truths at these parameters; its gradient with respect to each of them is written to `gradient`. */
export type MlpGradients = (parameters: Float32Array, batch: MlpBatch, gradient: Float32Array) => number
