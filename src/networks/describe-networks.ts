import { HOUR } from '../domain/instant.ts'
import type { NetworkSpec } from '../domain/weights.ts'
import type { Kernel } from '../kernel/open-kernel.ts'
import type { Variant } from '../wasm/variant.ts'

/** For people: `GRU(32) over 72 h in 24 steps`, `GRU(32), bidirectional GRU(16) over 72 h in 24 steps`. */
export function describeNetworks(specs: readonly NetworkSpec[]): string {
  const [{ steps, stepSpan } = { steps: 0, stepSpan: 0 }] = specs
  const layers = specs.map(
    ({ cell, units, bidirectional }) =>
      `${bidirectional ? 'bidirectional ' : ''}${cell.toUpperCase()}(${units.join(', ')})`,
  )
  const hours = Number(((steps * stepSpan) / HOUR).toFixed(1))
  return `${layers.join(', ')} over ${hours} h in ${steps} steps`
}

const VARIANT_NAMES: Record<Variant, string> = { relaxed: 'relaxed SIMD', simd128: 'SIMD' }

/** For people: `fused kernel (relaxed SIMD)`. */
export function describeKernel({ variant }: Pick<Kernel, 'variant'>): string {
  return `fused kernel (${VARIANT_NAMES[variant]})`
}
