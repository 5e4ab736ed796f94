/** Makes of the features a row of the design matrix of least squares: the basis functions, evaluated. */
export interface DesignRow {
  readonly columns: number
  /** Shapes: features [column of the layout] -> into [columns]. */
  write(features: Float64Array, into: Float64Array): void
}
