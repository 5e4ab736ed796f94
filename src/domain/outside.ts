import type { Instant } from './instant.ts'
import type { Station } from './station.ts'

/** A forecast that somebody else has made, of a station's target or of a quantity that it may depend on. Plain data. */
export interface OutsideForecast {
  /** Who made it, as the station names them. */
  readonly issuer: string
  /** What it is of; absent where that is the target. */
  readonly quantity?: string
  readonly issuedAt: Instant
  /** From when on it could be had: no forecast of ours before this knows of it. */
  readonly availableAt: Instant
  /** Of its leads, rising. Shape [lead]. */
  readonly validAt: Float64Array
  /** In the unit of what it is of. Shape [lead]. */
  readonly mean: Float64Array
  /** From its lowest to its highest quantile; NaN where it tells none. Shape [lead]. */
  readonly spread: Float64Array
}

/** Of one forecast. Those of more than a day are of use until newer ones are there. */
export const MOST_OUTSIDE_LEADS = 96

/** Under which an issuer's forecast stands among the models, as it is. */
export function outsideName(issuer: string): string {
  return `outside_${issuer}`
}

/** Whether a model is an issuer's forecast, as it is or corrected, or what is made of several. */
export function isOfIssuer(model: string): boolean {
  return model.startsWith('outside_')
}

/** Whether a model is an issuer's forecast as it is. */
export function isIssuerAsIs(model: string): boolean {
  return isOfIssuer(model) && !model.endsWith('_corrected')
}

/** The same, corrected by what has been learnt of its errors. */
export function correctedName(issuer: string): string {
  return correctedModel(outsideName(issuer))
}

/** Of an issuer's forecast as it is. */
export function correctedModel(asIs: string): string {
  return `${asIs}_corrected`
}

/** Stands for all issuers: their mean, wherever several of them say something. It is corrected alone. */
export const TOGETHER = 'together'

/** Under which a quantity that an issuer forecasts stands among what is known ahead. */
export function quantityName(issuer: string, quantity: string): string {
  return `${issuer}.${quantity}`
}

/** Of the quantities that a station names. */
export function quantityNames({ outside = [] }: Pick<Station, 'outside'>): readonly string[] {
  return outside.flatMap(({ issuer, quantity }) =>
    quantity === undefined ? [] : [quantityName(issuer, quantity)],
  )
}
