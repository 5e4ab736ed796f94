import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededRandom } from '../../src/domain/random.ts'
import { fuse } from '../../src/tensorflow/fuse.ts'
import { startBackend } from '../../src/tensorflow/start-backend.ts'
import { apart } from '../kernel/cases.ts'
import { chromiumRequirement, launchBrowser } from '../support/browser.ts'

const SHAPE: [number, number, number] = [3, 6, 4]

/** Trained for a few steps by the fused kernel. */
async function trainedNetwork(x: tf.Tensor): Promise<tf.LayersModel> {
  const plain = { recurrentInitializer: 'glorotUniform', returnSequences: true } as const
  const network = fuse(
    tf.sequential({
      layers: [
        tf.layers.bidirectional({
          layer: tf.layers.gru({ ...plain, units: 5, inputShape: SHAPE.slice(1) }) as tf.RNN,
          inputShape: SHAPE.slice(1),
        }),
        tf.layers.lstm({ units: 7, recurrentInitializer: 'glorotUniform' }),
        tf.layers.dense({ units: 2 }),
      ],
    }),
  )
  network.compile({ optimizer: tf.train.adam(0.05), loss: 'meanAbsoluteError' })
  await network.fit(x, tf.ones([SHAPE[0], 2]), { epochs: 5, verbose: 0 })
  return network
}

async function saved(
  network: tf.LayersModel,
): Promise<{ topology: unknown; specs: unknown; weights: number[] }> {
  let artifacts: tf.io.ModelArtifacts | undefined
  await network.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  const { modelTopology, weightSpecs, weightData } = artifacts!
  if (!(weightData instanceof ArrayBuffer)) throw new Error('weights in more than one piece')
  return { topology: modelTopology, specs: weightSpecs, weights: [...new Uint8Array(weightData)] }
}

chromiumRequirement.describe('saved network', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('saved network - trained by the kernel here, it loads in plain TensorFlow.js on a page and says the same', async () => {
    await startBackend('fused')
    const random = seededRandom(2)
    const length = SHAPE.reduce((total, size) => total * size, 1)
    const inputs = Array.from({ length }, () => 2 * (random.unit() - 0.5))
    const x = tf.tensor3d(inputs, SHAPE)
    const network = await trainedNetwork(x)
    const here = network.predict(x)
    if (!(here instanceof tf.Tensor)) throw new Error('more than one output')

    const page = await browser.newPage()
    await page.goto('about:blank')
    const script = createRequire(import.meta.url).resolve('@tensorflow/tfjs/dist/tf.min.js')
    await page.addScriptTag({ path: script })
    const there = await page.evaluate(
      async ({ network: { topology, specs, weights }, values, shape }) => {
        const { tf: plain } = window as unknown as { tf: typeof tf }
        await plain.setBackend('cpu')
        const loaded = await plain.loadLayersModel(
          plain.io.fromMemory({
            modelTopology: topology as object,
            weightSpecs: specs as tf.io.WeightsManifestEntry[],
            weightData: new Uint8Array(weights).buffer,
          }),
        )
        return [...(loaded.predict(plain.tensor3d(values, shape)) as tf.Tensor).dataSync()]
      },
      { network: await saved(network), values: inputs, shape: SHAPE },
    )
    expect(apart(there, here.dataSync())).toBeLessThan(1e-5)
  })
})
