import type { NeighboursNow } from '../../domain/neighbour.ts'
import type { Station } from '../../domain/station.ts'
import type { DesignRow } from '../features/design-row.ts'
import { moreColumns } from '../features/more-columns.ts'
import { type FeatureLayout, featureLayout } from '../features/station-features.ts'
import type { Forecaster } from '../forecaster.ts'
import { type LeastSquaresState, leastSquares } from '../least-squares.ts'
import { NEIGHBOUR_COLUMNS } from './neighbour-columns.ts'

/** Plain data. */
export interface NeighbourExpertState {
  /** The station that it has learnt from; undefined before the first. */
  of: string | undefined
  solution: LeastSquaresState
}

export interface NeighbourExpertOptions {
  readonly name: string
  readonly place: string
  /** What it makes of the features, the neighbour's among them. */
  readonly design: (layout: FeatureLayout) => DesignRow
  /** Burn-in, in examples. Default: as many as there are columns. */
  readonly minExamples?: number | undefined
}

/**
 * Least squares on what the station measures and on what the neighbour at a place does. It sleeps while the neighbour is
 * silent and until it has learnt enough; where another station takes the place it begins anew.
 */
export function neighbourExpert(
  station: Station,
  { name, place, design: designOf, minExamples }: NeighbourExpertOptions,
): Forecaster<NeighbourExpertState> {
  const { layout, join } = moreColumns(featureLayout(station), NEIGHBOUR_COLUMNS)
  const design = designOf(layout)
  const enough = minExamples ?? design.columns
  const inner = leastSquares(station, { name, design, robust: true, minExamples: 0, layoutAt: 6 })

  /** The station's columns with those of the neighbour among them; undefined where it is silent. */
  const together = (features: Float64Array | undefined, neighbours: NeighboursNow | undefined) => {
    const neighbour = neighbours?.[place]
    if (!features || !neighbour) return undefined
    return { of: neighbour.station, features: join(features, neighbour.columns) }
  }

  return {
    name,
    sleeps: true,
    initial: () => ({ of: undefined, solution: inner.initial() }),
    observe: ({ solution }, reading) => inner.observe(solution, reading),
    learn(state, example) {
      const known = together(example.features, example.neighbours)
      if (!known) return undefined
      if (state.of !== known.of) {
        state.solution = { ...inner.initial(), range: state.solution.range }
        state.of = known.of
      }
      return inner.learn?.(state.solution, { ...example, features: known.features })
    },
    predict({ of, solution }, issue) {
      const known = together(issue.features, issue.neighbours)
      if (!known || known.of !== of || solution.learnt < enough) return undefined
      return inner.predict(solution, { ...issue, features: known.features })
    },
  }
}
