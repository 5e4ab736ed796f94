import { beforeAll } from 'vitest'
import type { NetworkSpec, WeightArray } from '../../src/domain/weights.ts'
import { EXPERTS } from '../../src/experts/registry.ts'
import { networkForecaster } from '../../src/networks/network-forecaster.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { CONTRACT_LOOKBACK, forecasterContract } from '../contract/forecaster.ts'
import { OPTIONS } from '../experts/created.ts'
import { stationOf } from '../forecast/series.ts'
import { drawnWeights } from '../tensorflow/layers-model.ts'
import { withWeights } from './with-weights.ts'

/** A network with all its weights drawn, head included: it predicts something of its own for every window. */
function contractHolds(name: string, shape: Pick<NetworkSpec, 'cell' | 'units' | 'bidirectional'>): void {
  const spec = { ...shape, ...CONTRACT_LOOKBACK }
  const scaler = { count: 100, mean: Float64Array.of(10, 1000), deviation: Float64Array.of(5, 10) }
  let arrays: readonly WeightArray[]

  beforeAll(async () => {
    await startBackend('cpu')
    arrays = drawnWeights(spec, { seed: 4, reach: 1 })
  })

  forecasterContract(name, (station) =>
    withWeights(networkForecaster(station, { name, spec }), { version: 1, trainedAt: 0, scaler, arrays }),
  )
}

for (const { name, create } of EXPERTS) {
  const network = create(stationOf(), OPTIONS).training?.network
  if (network?.kind === 'recurrent') contractHolds(name, network.spec)
}
contractHolds('network', { cell: 'lstm', units: [8, 4], bidirectional: true })
