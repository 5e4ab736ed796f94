import { EXPERTS } from '../../src/forecast/experts.ts'
import { forecasterContract } from './forecaster.ts'

/** Without a burn-in: what gives persistence for weeks would keep these promises too easily. */
const OPTIONS = { seed: 1, minExamples: 0 }

for (const [name, create] of EXPERTS) forecasterContract(name, (station) => create(station, OPTIONS))
