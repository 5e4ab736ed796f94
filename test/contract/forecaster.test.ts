import { EXPERTS } from '../../src/forecast/experts.ts'
import { forecasterContract } from './forecaster.ts'

/** Without patience: what says persistence for weeks would keep these promises too easily. */
const OPTIONS = { seed: 1, patience: 0 }

for (const [name, create] of EXPERTS) forecasterContract(name, (station) => create(station, OPTIONS))
