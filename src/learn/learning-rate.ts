import { DAY, type Span } from '../domain/instant.ts'

const START = 1e-3
const FLOOR = 3e-4

/**
 * Falls with the inverse root of the time learnt from, to a third within a few years: steps large enough to find the
 * season in the first year, small enough to keep what was found. `1e-3 / sqrt(1 + 3 years)`, not below the floor.
 */
export function fallingLearningRate(learntFor: Span, floor = FLOOR): number {
  return Math.max(floor, START / Math.sqrt(1 + (3 * learntFor) / (365 * DAY)))
}
