import { OPTIONS, STREAM_EXPERTS } from '../experts/created.ts'
import { forecasterContract } from './forecaster.ts'

/** Without a burn-in: what gives persistence for weeks would keep these promises too easily. */
for (const { name, create } of STREAM_EXPERTS) {
  forecasterContract(name, (station) => create(station, { ...OPTIONS, minExamples: 0 }).forecaster)
}
