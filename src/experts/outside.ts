import { correctedName, outsideName } from '../domain/outside.ts'
import type { Station } from '../domain/station.ts'
import { outsideCorrected } from '../forecast/outside/outside-corrected.ts'
import { outsideForecast } from '../forecast/outside/outside-forecast.ts'
import type { Expert } from './expert.ts'

/** Two for each issuer that the station names: what it says, and that corrected. */
export function outsideExperts({ outside = [] }: Pick<Station, 'outside'>): readonly Expert[] {
  return outside.flatMap(({ issuer }) => [
    { forecaster: outsideForecast(issuer) },
    { forecaster: outsideCorrected(issuer) },
  ])
}

export function outsideNames({ outside = [] }: Pick<Station, 'outside'>): readonly string[] {
  return outside.flatMap(({ issuer }) => [outsideName(issuer), correctedName(issuer)])
}
