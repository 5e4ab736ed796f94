import { beforeAll } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import type { NetworkSpec, WeightArray } from '../../src/domain/weights.ts'
import { startEngine } from '../../src/recurrent/backend.ts'
import { buildNetwork } from '../../src/recurrent/network.ts'
import { networkForecaster } from '../../src/recurrent/network-forecaster.ts'
import { CONTRACT_LOOKBACK, forecasterContract } from '../contract/forecaster.ts'

/** A network with all its weights drawn, head included: it says something of its own for every window. */
function contractHolds(name: string, shape: Pick<NetworkSpec, 'cell' | 'units' | 'bidirectional'>): void {
  const spec = { ...shape, ...CONTRACT_LOOKBACK }
  const scaler = { count: 100, mean: Float64Array.of(10, 1000), deviation: Float64Array.of(5, 10) }
  let arrays: readonly WeightArray[]

  beforeAll(async () => {
    await startEngine('cpu')
    const random = seededRandom(4)
    const model = buildNetwork(spec, 1)
    arrays = model.getWeights().map(({ shape, size }) => ({
      shape,
      values: Float32Array.from({ length: size }, () => random.unit() - 0.5),
    }))
    model.dispose()
  })

  forecasterContract(name, () =>
    networkForecaster({ spec, weights: () => ({ version: 1, trainedAt: 0, scaler, arrays }) }),
  )
}

contractHolds('gru', { cell: 'gru', units: [32], bidirectional: false })
contractHolds('bilstm8x4', { cell: 'lstm', units: [8, 4], bidirectional: true })
