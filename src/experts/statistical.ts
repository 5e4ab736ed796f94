import type { Station } from '../domain/station.ts'
import { dayAhead } from '../forecast/day-ahead/day-ahead.ts'
import { namesAhead } from '../forecast/day-ahead/quantities-ahead.ts'
import { interactions, type Terms } from '../forecast/features/interactions.ts'
import { randomUnits } from '../forecast/features/random-units.ts'
import { featureLayout } from '../forecast/features/station-features.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { leastSquares } from '../forecast/least-squares.ts'
import { weeklyLeastSquares } from '../forecast/weekly-least-squares.ts'
import type { ExpertEntry } from './expert.ts'

const RANDOM_UNITS = 500

/** An expert without anything to choose. */
export function plain(name: string, create: (station: Station) => Forecaster): ExpertEntry {
  return { name, learnsFrom: 'stream', create: (station) => ({ forecaster: create(station) }) }
}

/** The day-ahead regression, on what the station names of the hours to come. */
export function dayAheadRegression(name: string): ExpertEntry {
  return {
    name,
    learnsFrom: 'stream',
    create: (station) => {
      const { holidays } = station
      const inputs = [...(holidays === undefined ? [] : [holidays]), ...namesAhead(station).quantities]
      return { forecaster: dayAhead(station), ...(inputs.length > 0 && { inputs }) }
    },
  }
}

/** Least squares on the features, and on their products with some of the clock's. */
export function leastSquaresWith(
  name: string,
  terms: Terms,
  { robust = false, layoutAt }: { readonly robust?: boolean; readonly layoutAt: number },
): ExpertEntry {
  return {
    name,
    learnsFrom: 'stream',
    create: (station, { minExamples }) => ({
      forecaster: leastSquares(station, {
        name,
        design: interactions(featureLayout(station), terms),
        robust,
        minExamples,
        layoutAt,
      }),
    }),
  }
}

/** Least squares on the features, and on those of the week once there is one. */
export function leastSquaresOfWeek(name: string, terms: Terms): ExpertEntry {
  return {
    name,
    learnsFrom: 'stream',
    create: (station, { minExamples }) => ({
      forecaster: weeklyLeastSquares(station, {
        name,
        design: (layout) => interactions(layout, terms),
        minExamples,
      }),
    }),
  }
}

/** Least squares on the features and on random functions of them. */
export function leastSquaresOnRandomUnits(
  name: string,
  { layoutAt }: { readonly layoutAt: number },
): ExpertEntry {
  return {
    name,
    learnsFrom: 'stream',
    create: (station, { seed, minExamples }) => ({
      forecaster: leastSquares(station, {
        name,
        design: randomUnits(featureLayout(station), { units: RANDOM_UNITS, seed }),
        robust: true,
        minExamples,
        layoutAt,
      }),
    }),
  }
}
