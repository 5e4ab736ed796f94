/** Makes of the features the row that least squares learns from. */
export interface RowMaker {
  readonly columns: number
  /** Shapes: features [column of the layout] -> into [columns]. */
  write(features: Float64Array, into: Float64Array): void
}
