import { correctedName, outsideName, TOGETHER } from '../domain/outside.ts'
import type { Station } from '../domain/station.ts'
import { outsideCorrected } from '../forecast/outside/outside-corrected.ts'
import { outsideForecast } from '../forecast/outside/outside-forecast.ts'
import type { Expert } from './expert.ts'

/** Stands for all of them where experts are chosen by name. */
export const OUTSIDE = 'outside'

/**
 * Two for each issuer that the station names: what it says, and that corrected; and of several the mean, corrected. Of
 * those, the chosen ones.
 */
export function outsideExperts(
  { outside = [] }: Pick<Station, 'outside'>,
  isChosen: (name: string) => boolean = () => true,
): readonly Expert[] {
  const each = outside.flatMap(({ issuer }) => [
    { forecaster: outsideForecast(issuer) },
    { forecaster: outsideCorrected(issuer) },
  ])
  const all = outside.length > 1 ? [...each, { forecaster: outsideCorrected(TOGETHER) }] : each
  return all.filter(({ forecaster }) => isChosen(forecaster.name))
}

export function outsideNames({ outside = [] }: Pick<Station, 'outside'>): readonly string[] {
  const each = outside.flatMap(({ issuer }) => [outsideName(issuer), correctedName(issuer)])
  return outside.length > 1 ? [...each, correctedName(TOGETHER)] : each
}
