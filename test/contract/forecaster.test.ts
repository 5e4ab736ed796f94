import { OPTIONS, STREAM_EXPERTS } from '../experts/created.ts'
import { forecasterContract } from './forecaster.ts'

/** Nobody knows a week before it is over. */
const WEEKLY: ReadonlySet<string> = new Set(['weekly_naive', 'weekly_profile', 'double_seasonal'])
/** What is learnt a day at a time has learnt enough after four weeks. */
const DAILY: ReadonlySet<string> = new Set(['day_ahead'])

/** Without a burn-in: what gives persistence for weeks would keep these promises too easily. */
for (const { name, create } of STREAM_EXPERTS) {
  forecasterContract(name, (station) => create(station, { ...OPTIONS, minExamples: 0 }).forecaster, {
    availableFrom: DAILY.has(name) ? 36 : WEEKLY.has(name) ? 7 : 1,
  })
}
