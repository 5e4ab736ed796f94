import { OPTIONS, STREAM_EXPERTS } from '../experts/created.ts'
import { workingWeek } from '../forecast/series.ts'
import { forecasterContract } from './forecaster.ts'

/** Nobody knows a week before it is over. */
const WEEKLY: ReadonlySet<string> = new Set(['weekly_naive', 'weekly_profile', 'double_seasonal'])
/** What is learnt a day at a time has learnt enough after four weeks. */
const DAILY: ReadonlySet<string> = new Set(['day_ahead'])
/** A week is to show first: over a week of issues, of changes from the one before. */
const WEEK_SHOWS: ReadonlySet<string> = new Set(['rls_week'])

/** Without a burn-in: what gives persistence for weeks would keep these promises too easily. */
for (const { name, create } of STREAM_EXPERTS) {
  forecasterContract(name, (station) => create(station, { ...OPTIONS, minExamples: 0 }).forecaster, {
    availableFrom: DAILY.has(name) ? 36 : WEEK_SHOWS.has(name) ? 18 : WEEKLY.has(name) ? 7 : 1,
    ...(WEEK_SHOWS.has(name) && { livedBy: workingWeek }),
  })
}
