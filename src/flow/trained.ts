import { map, type OperatorFunction } from 'rxjs'
import { holding } from './holding.ts'
import { allOf, type Learning } from './learning.ts'
import type { Moment } from './moment.ts'
import type { Training } from './training.ts'

/**
 * Holds the stream where weights that take effect at a reading are not ready yet. This is what makes forecasts the
 * same at any replay speed; everything behind it sees one moment at a time.
 */
export function heldForWeights(
  learning: readonly Pick<Learning, 'due' | 'reset'>[],
): OperatorFunction<Moment, Moment> {
  return holding((moment) => {
    if (moment.kind === 'session') return allOf(learning.map((one) => one.reset()))
    if (moment.kind !== 'reading') return undefined
    return allOf(learning.map((one) => one.due(moment.reading)))
  })
}

/** Completes samples and offers them to those who learn, which train beside the stream. */
export function trained(
  training: Training | undefined,
  others: readonly Learning[],
): OperatorFunction<Moment, Moment> {
  return map((moment) => {
    if (moment.kind !== 'reading') return moment
    for (const one of others) one.observe(moment.reading)
    return training ? { ...moment, samples: training.observe(moment.reading) } : moment
  })
}
