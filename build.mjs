// Builds what `npm start` runs: the kernels (AssemblyScript) beside their sources, and the program (tsc) and the
// page (esbuild) into dist/. That is replaced whole, at the end: a server that runs from it never sees half of one.
import { execFileSync } from 'node:child_process'
import { chmod, cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildKernels, KERNEL_FOLDERS } from './build-kernel.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc')

const next = `${root}dist.${process.pid}`
const old = `${next}.old`

await buildKernels()
try {
  execFileSync(process.execPath, [tsc, '--project', `${root}tsconfig.build.json`, '--outDir', next], {
    stdio: 'inherit',
  })
  await bundleProgram(`${next}/src/`)
  await build({
    entryPoints: [`${root}src/dashboard/page-main.ts`],
    bundle: true,
    minify: true,
    sourcemap: true,
    format: 'esm',
    target: 'es2022',
    outfile: `${next}/dashboard/main.js`,
    logLevel: 'warning',
  })
  // Its style sheet is in main.css.
  await cp(`${root}src/dashboard/page`, `${next}/dashboard`, {
    recursive: true,
    filter: (path) => !path.endsWith('.css'),
  })
  // A fifth of it is indentation.
  const page = `${next}/dashboard/index.html`
  await writeFile(page, (await readFile(page, 'utf8')).replace(/^ +/gm, ''))
  for (const folder of KERNEL_FOLDERS)
    await cp(`${root}${folder}built`, `${next}/${folder}built`, { recursive: true })
  await chmod(`${next}/src/main.js`, 0o755)
  await rename(`${root}dist`, old).catch(() => undefined) // the first build has none to replace
  await rename(next, `${root}dist`)
} finally {
  for (const folder of [next, old]) await rm(folder, { recursive: true, force: true })
}

/**
 * Puts what the program and its threads load at their start into a few files, our own and those of the packages that come
 * in hundreds: they are there a third sooner. What others import stays as tsc wrote it, file by file.
 */
async function bundleProgram(folder) {
  const entries = ['main', 'networks/trainer-worker', 'networks/data-parallel-worker', 'store/store-worker']
  const { dependencies } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  const bundled = ['luxon', 'rxjs', 'zod']
  await build({
    entryPoints: entries.map((entry) => `${folder}${entry}.js`),
    bundle: true,
    splitting: true,
    sourcemap: true,
    sourcesContent: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['es2015'], // of rxjs: it names its modules so
    outdir: `${folder}program`,
    entryNames: '[name]',
    external: [
      ...Object.keys(dependencies).filter((name) => !bundled.includes(name)),
      '@tensorflow/tfjs-node',
    ],
    plugins: [{ name: 'own places', setup: ({ onLoad }) => onLoad({ filter: /\.js$/ }, ownPlace) }],
    logLevel: 'warning',
  })
  for (const entry of entries) {
    const place = `${folder}${entry}.js`
    const [first] = (await readFile(place, 'utf8')).split('\n')
    const bundle = `${entry.includes('/') ? '..' : '.'}/program/${basename(place)}`
    await writeFile(place, `${first.startsWith('#!') ? `${first}\n` : ''}import '${bundle}'\n`)
    await rm(`${place}.map`)
  }

  /** A module of ours finds its files from where it would stand by itself. */
  async function ownPlace({ path }) {
    const place = relative(folder, path)
    if (place.startsWith('..')) return undefined
    const url = `new URL(${JSON.stringify(`../${place}`)}, import.meta.url).href`
    return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', url), loader: 'js' }
  }
}
