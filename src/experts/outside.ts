import { correctedName, outsideName, TOGETHER } from '../domain/outside.ts'
import type { Station } from '../domain/station.ts'
import { outsideCorrected } from '../forecast/outside/outside-corrected.ts'
import { outsideForecast } from '../forecast/outside/outside-forecast.ts'
import type { Expert } from './expert.ts'

/** Two for each issuer that forecasts the target: what it says, and that corrected; and of several the mean, corrected. */
export function outsideExperts(station: Pick<Station, 'outside'>): readonly Expert[] {
  const issuers = issuersOfTarget(station)
  const each = issuers.flatMap((issuer) => [
    { forecaster: outsideForecast(issuer) },
    { forecaster: outsideCorrected(issuer) },
  ])
  return issuers.length > 1 ? [...each, { forecaster: outsideCorrected(TOGETHER) }] : each
}

export function outsideNames(station: Pick<Station, 'outside'>): readonly string[] {
  const issuers = issuersOfTarget(station)
  const each = issuers.flatMap((issuer) => [outsideName(issuer), correctedName(issuer)])
  return issuers.length > 1 ? [...each, correctedName(TOGETHER)] : each
}

function issuersOfTarget({ outside = [] }: Pick<Station, 'outside'>): readonly string[] {
  return outside.flatMap(({ issuer, quantity }) => (quantity === undefined ? issuer : []))
}
