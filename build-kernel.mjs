// Builds the recurrent kernel from its one AssemblyScript source in two variants, into src/recurrent/kernel/built.
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const folder = fileURLToPath(new URL('src/recurrent/kernel/', import.meta.url))

/** Their exports are the module's. */
const ENTRIES = [
  'gru-forward',
  'gru-backward',
  'lstm-forward',
  'lstm-backward',
  'dense',
  'head',
  'window',
  'pack',
  'peak',
  'heap',
]

const VARIANTS = [
  { name: 'simd128', features: ['simd'] },
  { name: 'relaxed', features: ['simd', 'relaxed-simd'] },
]

export async function buildKernel() {
  await mkdir(`${folder}built`, { recursive: true })
  for (const { name, features } of VARIANTS) {
    const { error } = await asc.main(
      [
        ...ENTRIES.map((entry) => `assembly/${entry}.ts`),
        ...features.flatMap((feature) => ['--enable', feature]),
        ...['--outFile', `built/${name}.wasm`, '--baseDir', folder],
        ...['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '2'],
        // No `abort` to import: nothing here allocates or asserts, and the module must need nothing of its host.
        ...['--use', 'abort='],
      ],
      { stderr: process.stderr },
    )
    if (error) throw new Error(`the kernel's ${name} variant does not build: ${error.message}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernel()
