import { outsideName } from '../../domain/outside.ts'
import type { Forecaster } from '../forecaster.ts'

/** An issuer's forecast as it is. It sleeps at leads of which the issuer says nothing. */
export function outsideForecast(issuer: string): Forecaster<null> {
  return {
    name: outsideName(issuer),
    sleeps: true,
    initial: () => null,
    observe: () => undefined,
    predict: (_, { outside }) => outside?.[issuer]?.mean,
  }
}
