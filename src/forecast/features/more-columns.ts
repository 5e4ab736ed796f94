import type { FeatureLayout } from './station-features.ts'

/** The columns of a station with further ones among those that are measured. */
export interface MoreColumns {
  readonly layout: FeatureLayout
  /** Shapes: features [column of the station's layout], more [name] -> [column of the layout], overwritten at every use. */
  join(features: Float64Array, more: ArrayLike<number>): Float64Array
}

export function moreColumns({ names, measured }: FeatureLayout, more: readonly string[]): MoreColumns {
  const layout = {
    names: [...names.slice(0, measured), ...more, ...names.slice(measured)],
    measured: measured + more.length,
  }
  /** Scratch. */
  const columns = new Float64Array(layout.names.length)
  return {
    layout,
    join(features, further) {
      columns.set(features.subarray(0, measured))
      columns.set(further, measured)
      columns.set(features.subarray(measured), layout.measured)
      return columns
    },
  }
}
