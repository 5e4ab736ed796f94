// Builds each WebAssembly kernel from its one AssemblyScript source in two variants, into `built` beside it.
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

/** Each folder's `assembly/` holds the source; the exports of these entries are the module's. */
const KERNELS = [
  {
    folder: 'src/kernel/',
    entries: [
      'gru-forward',
      'gru-backward',
      'lstm-forward',
      'lstm-backward',
      'mlp-step',
      'head-step',
      'lookback-window',
      'pack',
      'peak',
      'heap-start',
    ],
  },
  {
    folder: 'src/forecast/linear-algebra/',
    entries: ['symv', 'downdate', 'low-rank', 'gemv', 'heap'],
  },
]

export const KERNEL_FOLDERS = KERNELS.map(({ folder }) => folder)

const VARIANTS = [
  { name: 'simd128', features: ['simd'] },
  { name: 'relaxed', features: ['simd', 'relaxed-simd'] },
]

export async function buildKernels() {
  for (const { folder, entries } of KERNELS) {
    const path = fileURLToPath(new URL(folder, import.meta.url))
    await mkdir(`${path}built`, { recursive: true })
    for (const { name, features } of VARIANTS) {
      const { error } = await asc.main(
        [
          ...entries.map((entry) => `assembly/${entry}.ts`),
          ...features.flatMap((feature) => ['--enable', feature]),
          ...['--outFile', `built/${name}.wasm`, '--baseDir', path],
          ...['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '2'],
          // No `abort` to import: nothing here allocates or asserts, and a module must need nothing of its host.
          ...['--use', 'abort='],
        ],
        { stderr: process.stderr },
      )
      if (error) throw new Error(`the ${name} variant of ${folder} does not build: ${error.message}`)
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels()
