// Builds what `npm start` runs: the kernels (AssemblyScript) beside their sources, and the program (tsc) and the
// page (esbuild) into dist/. That is replaced whole, at the end: a server that runs from it never sees half of one.
import { execFileSync } from 'node:child_process'
import { chmod, cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
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
