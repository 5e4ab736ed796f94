import { LEADS } from '../domain/forecast.ts'
import type { Forecaster } from './forecaster.ts'

/** What is measured now stays for 24 hours: the baseline that every other model is measured by. It remembers nothing. */
export function persistence(): Forecaster<null> {
  return {
    name: 'persistence',
    initial: () => null,
    observe() {},
    predict: (_, { current }) =>
      Number.isFinite(current) ? new Float64Array(LEADS).fill(current) : undefined,
  }
}
