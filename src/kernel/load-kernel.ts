import { loadBuild } from '../wasm/load-build.ts'
import type { Variant } from '../wasm/variant.ts'
import { type Kernel, openKernel } from './open-kernel.ts'

const BUILDS = new URL('./built/', import.meta.url)

/** The kernel in the fastest build that this machine runs, or in the one that is named; undefined where none runs. */
export function loadKernel(variants?: readonly Variant[]): Kernel | undefined {
  const build = loadBuild(BUILDS, variants)
  return build && openKernel(build)
}
