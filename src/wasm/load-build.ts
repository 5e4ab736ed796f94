import { existsSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { VARIANTS, type Variant } from './variant.ts'

/** A build that this machine runs. */
export interface Build {
  readonly variant: Variant
  readonly module: WebAssembly.Module
}

/** What has been compiled in this thread, by its file: every forecaster asks for the same few. */
const compiled = new Map<
  string,
  { readonly bytes: Uint8Array<ArrayBuffer>; readonly module: WebAssembly.Module }
>()

/**
 * The fastest build in a folder that this machine runs, or the one that is named; undefined where none does. Builds
 * lie beside their sources, here and in `dist` alike, once `npm run build` has run.
 */
export function loadBuild(folder: URL, variants: readonly Variant[] = VARIANTS): Build | undefined {
  for (const variant of variants) {
    const file = new URL(`${variant}.wasm`, folder)
    if (!existsSync(file)) continue
    const known = compiled.get(file.href)
    const bytes = known?.bytes ?? new Uint8Array(readFileSync(file))
    // Node 20 knows relaxed SIMD only when told to; the flag counts from the next validation on, also in threads.
    if (variant === 'relaxed' && !WebAssembly.validate(bytes)) allowRelaxedSimd()
    if (!WebAssembly.validate(bytes)) continue
    const module = known?.module ?? new WebAssembly.Module(bytes)
    compiled.set(file.href, { bytes, module })
    return { variant, module }
  }
  return undefined
}

function allowRelaxedSimd(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd')
}
