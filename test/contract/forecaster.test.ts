import { EXPERTS } from '../../src/forecast/experts.ts'
import { forecasterContract } from './forecaster.ts'

for (const [name, create] of EXPERTS) forecasterContract(name, (station) => create(station, { seed: 1 }))
