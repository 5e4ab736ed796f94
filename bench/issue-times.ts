import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { HOUR } from '../src/domain/instant.ts'
import { seededRandom } from '../src/domain/random.ts'
import type { NetworkSpec } from '../src/domain/weights.ts'
import { loadKernel } from '../src/kernel/load-kernel.ts'
import { featureCount } from '../src/networks/encoding.ts'
import { headShapes } from '../src/networks/head.ts'
import { kernelPredictor } from '../src/networks/kernel-predictor.ts'
import { median } from './harness.ts'

/** Milliseconds. */
export interface IssueTimes {
  readonly issues: number
  readonly median: number
  readonly p99: number
  /** One window through a bare GRU(32) of 24 steps, in the same rounds; null where no kernel runs. */
  readonly window: { readonly median: number; readonly p99: number; readonly ratio: number } | null
}

const ISSUES = 2_000
/** So that each issue comes by itself, as in a live stream, and not in a loop that has everything at hand. */
const BETWEEN_MS = 2
const UNITS = 32

/** One issue of the whole mixture beside one window through the kernel, in alternation. */
export async function issueTimes(issueAgain: () => void, channels: number): Promise<IssueTimes> {
  const window = gruWindow(channels)
  const issues: number[] = []
  const windows: number[] = []
  for (let round = 0; round < ISSUES; round++) {
    await pause(BETWEEN_MS)
    issues.push(millisecondsOf(issueAgain))
    if (window) windows.push(millisecondsOf(window))
  }
  return {
    issues: ISSUES,
    median: median(issues),
    p99: percentile(issues, 0.99),
    window: window
      ? {
          median: median(windows),
          p99: percentile(windows, 0.99),
          ratio: median(issues.map((issue, round) => issue / windows[round]!)),
        }
      : null,
  }
}

function gruWindow(channels: number): (() => void) | undefined {
  const kernel = loadKernel()
  if (!kernel) return undefined
  const spec: NetworkSpec = {
    cell: 'gru',
    units: [UNITS],
    bidirectional: false,
    steps: 24,
    stepSpan: 3 * HOUR,
    channels,
    target: 0,
  }
  const random = seededRandom(1)
  const drawn = (...shape: readonly number[]) => {
    const length = shape.reduce((product, size) => product * size, 1)
    return { shape, values: Float32Array.from({ length }, () => 0.2 * (random.unit() - 0.5)) }
  }
  const inputs = featureCount(spec)
  const predictor = kernelPredictor(kernel, spec, [
    ...[drawn(inputs, 3 * UNITS), drawn(UNITS, 3 * UNITS), drawn(3 * UNITS)],
    ...headShapes(UNITS).map((shape) => drawn(...shape)),
  ])
  const { values } = drawn(spec.steps, inputs)
  return () => void predictor.predict(values)
}

function millisecondsOf(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

/** The smallest value that this share of them does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1]!
}
