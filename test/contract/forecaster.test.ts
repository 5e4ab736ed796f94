import { OPTIONS, STREAM_EXPERTS } from '../experts/created.ts'
import { forecasterContract } from './forecaster.ts'

/** Nobody knows a week before it is over. */
const WEEKLY: ReadonlySet<string> = new Set(['weekly_naive', 'weekly_profile', 'double_seasonal'])

/** Without a burn-in: what gives persistence for weeks would keep these promises too easily. */
for (const { name, create } of STREAM_EXPERTS) {
  forecasterContract(name, (station) => create(station, { ...OPTIONS, minExamples: 0 }).forecaster, {
    availableFrom: WEEKLY.has(name) ? 7 : 1,
  })
}
