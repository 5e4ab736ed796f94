import { map, type OperatorFunction } from 'rxjs'
import type { Moment } from './moment.ts'
import type { Verification } from './verification.ts'

/** Settles every forecast whose valid time has come, before the reading teaches any model anything. */
export function settled(verification: Verification): OperatorFunction<Moment, Moment> {
  return map((moment) => {
    if (moment.kind === 'session') verification.reset()
    if (moment.kind !== 'reading') return moment
    return { ...moment, settlements: verification.settle(moment.reading) }
  })
}
