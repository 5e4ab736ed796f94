import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The program's own files stand in dist/ as `npm run build` left them: measured is what `npm start` runs. */
const fromDist: Plugin = {
  name: 'from-dist',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/(src|replay)\/.*\.ts$/ }, ({ path }) => ({
      path: `../dist/${path.slice('../'.length).replace(/\.ts$/, '.js')}`,
      external: true,
    }))
  },
}

/**
 * Runs a bench on the built program, in a process of its own: what a loader compiles on the way (tsx) is several times
 * slower.
 */
export async function runBuilt(entry: string, words: readonly string[]): Promise<void> {
  const main = await stat(`${root}dist/src/main.js`).catch(() => undefined)
  if (!main) throw new Error('dist/ is not there: npm run build')
  process.stderr.write(`measured is dist/, built ${main.mtime.toISOString()}\n`)
  // Beside bench/, so that what is relative to that stays so.
  const file = `${root}dist.bench/${entry}.mjs`
  await build({
    entryPoints: [`${root}bench/${entry}.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [fromDist],
    logLevel: 'warning',
  })
  try {
    const child = spawn(process.execPath, ['--expose-gc', file, ...words], { stdio: 'inherit' })
    const [code] = await once(child, 'exit')
    process.exitCode = code ?? 1
  } finally {
    await rm(`${root}dist.bench`, { recursive: true, force: true })
  }
}
