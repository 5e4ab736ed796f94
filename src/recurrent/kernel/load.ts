import { existsSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { type Kernel, openKernel, VARIANTS, type Variant } from './open.ts'

/**
 * The fastest build that this machine runs, or the one that is named; undefined where none does. Builds lie beside
 * this module, from source and in `dist` alike, once `npm run build` has run.
 */
export function loadKernel(variants: readonly Variant[] = VARIANTS): Kernel | undefined {
  for (const variant of variants) {
    const file = new URL(`./built/${variant}.wasm`, import.meta.url)
    if (!existsSync(file)) continue
    const bytes = new Uint8Array(readFileSync(file))
    // Node 20 knows relaxed SIMD only when told to; the flag counts from the next validation on, also in threads.
    if (variant === 'relaxed' && !WebAssembly.validate(bytes)) allowRelaxedSimd()
    const kernel = openKernel(variant, bytes)
    if (kernel) return kernel
  }
  return undefined
}

function allowRelaxedSimd(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd')
}
