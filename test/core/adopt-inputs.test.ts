import { expect, it } from 'vitest'
import { adoptState } from '../../src/core/adopt-state.ts'
import { forecastersOf } from '../experts/created.ts'
import { modelOf } from '../flow/run-pipeline.ts'
import { stationOf } from '../forecast/series.ts'

it('adopt - an expert on what is known ahead goes on with the same quantities, and begins with others', () => {
  const station = stationOf()
  const model = modelOf({ experts: forecastersOf(station, { names: ['persistence'] }) })
  const description = (inputs: readonly string[]) => ({
    station,
    experts: [{ name: 'persistence' }, { name: 'ahead', inputs }],
  })
  const adopted = (inputs: readonly string[]) =>
    adoptState(model.initial(), {
      was: description(['met.wind']),
      is: description(inputs),
      initial: model.initial(),
    })
  expect(adopted(['met.wind'])).toMatchObject({ goOn: ['persistence', 'ahead'], begin: [], left: [] })
  expect(adopted(['met.wind', 'met.cloud'])).toMatchObject({ goOn: ['persistence'], begin: ['ahead'] })
})
