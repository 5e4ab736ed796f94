import { HOUR, type Instant } from '../../src/domain/instant.ts'
import type { Station } from '../../src/domain/station.ts'
import { neighbourExperts } from '../../src/experts/neighbours.ts'
import type { Forecaster } from '../../src/forecast/forecaster.ts'
import { NEIGHBOUR_COLUMNS } from '../../src/forecast/neighbours/neighbour-columns.ts'
import { forecasterContract } from './forecaster.ts'

const NAMES = ['near_neighbour', 'near_neighbour_random']

/** As of a neighbour that always speaks. */
const now = (time: Instant) => ({
  near: {
    station: 'near',
    columns: Float64Array.from(NEIGHBOUR_COLUMNS, (_, column) => Math.sin(time / HOUR / (column + 3))),
  },
})

function besideNeighbour(station: Station, name: string): Forecaster {
  const experts = neighbourExperts(
    { ...station, neighbours: [{ station: 'near' }] },
    { seed: 1, minExamples: 0 },
  )
  const { forecaster } = experts.find((one) => one.forecaster.name === name)!
  return {
    ...forecaster,
    learn: (state, example) => forecaster.learn?.(state, { ...example, neighbours: now(example.issuedAt) }),
    predict: (state, issue) => forecaster.predict(state, { ...issue, neighbours: now(issue.issuedAt) }),
  }
}

// Its first example has matured a day after the first forecast.
for (const name of NAMES)
  forecasterContract(name, (station) => besideNeighbour(station, name), { availableFrom: 2 })
