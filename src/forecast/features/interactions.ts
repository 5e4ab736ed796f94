import { HOUR_COLUMNS } from './clock-columns.ts'
import type { DesignRow } from './design-row.ts'
import type { FeatureLayout } from './station-features.ts'

/** The clock's columns that every column of the measurements is multiplied with, by their place among the clock's. */
export type Terms = readonly number[]

/** None: features and clock as they are. */
export const NO_TERMS: Terms = []
/** Sine and cosine of the hour, and of twice the hour. */
export const HOUR_TERMS: Terms = [0, 1, 2, 3]
/** Sine and cosine of the hour and of the day of year. */
export const SEASON_TERMS: Terms = [0, 1, HOUR_COLUMNS, HOUR_COLUMNS + 1]

/** A row of 1, the features, and the measurements times each term: what is true at one hour need not be at another. */
export function interactions({ names, measured }: FeatureLayout, terms: Terms): DesignRow {
  return {
    columns: 1 + names.length + measured * terms.length,
    write(features, into) {
      into[0] = 1
      into.set(features, 1)
      let place = 1 + features.length
      for (const term of terms) {
        const factor = features[measured + term]!
        for (let column = 0; column < measured; column++) into[place++] = factor * features[column]!
      }
    },
  }
}
