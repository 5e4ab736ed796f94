import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The program's own files stand in dist/ as `npm run build` left them: measured is what `npm start` runs. */
const fromDist: Plugin = {
  name: 'from-dist',
  setup({ onResolve }) {
    onResolve({ filter: /^(\.\.\/)+(src|replay)\/.*\.ts$/ }, ({ path }) => ({
      path: pathToFileURL(`${root}dist/${path.replace(/^(\.\.\/)+/, '').replace(/\.ts$/, '.js')}`).href,
      external: true,
    }))
  },
}

/**
 * Runs bench/`entry`.ts on the built program, in a process of its own: what a loader compiles on the way (tsx) is
 * several times slower. `peers` are files of bench/ that it starts as processes, and finds beside itself.
 */
export async function runBuilt(
  entry: string,
  { peers = [], args }: { readonly peers?: readonly string[]; readonly args: readonly string[] },
): Promise<void> {
  const main = await stat(`${root}dist/src/main.js`).catch(() => undefined)
  if (!main) throw new Error('dist/ is not there: npm run build')
  process.stderr.write(`measured is dist/, built ${main.mtime.toISOString()}\n`)
  // Beside bench/, so that what is relative to that stays so.
  const folder = `${root}dist.bench`
  await build({
    entryPoints: [entry, ...peers].map((name) => `${root}bench/${name}.ts`),
    outbase: `${root}bench`,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [fromDist],
    logLevel: 'warning',
  })
  try {
    const child = spawn(process.execPath, ['--expose-gc', `${folder}/${entry}.mjs`, ...args], {
      stdio: 'inherit',
    })
    const [code] = await once(child, 'exit')
    process.exitCode = code ?? 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
