/** A batch as one step of training sees it. */
export interface DenseBatch {
  readonly size: number
  /** Shape [sample][input]. */
  readonly x: Float32Array
  /** What hidden units are multiplied with: 0 where one is left out. Shape [sample][unit]. */
  readonly mask: Float32Array
  /** Shape [sample][lead 24]; NaN where unknown. */
  readonly truth: Float32Array
}

/** The mean absolute error over known truths at these parameters; its slope by each of them is written to `slope`. */
export type DenseSlopes = (parameters: Float32Array, batch: DenseBatch, slope: Float32Array) => number
