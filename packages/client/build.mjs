// Makes dist/: the client as one file for the browser and one for Node, which imports `ws` and nothing else, and its
// declarations with nothing to import. The sources are in src/client, where the program itself uses them.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { openPlainTypes } from './plain-types.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const sources = fileURLToPath(new URL('../../src/', import.meta.url))
const project = join(here, 'tsconfig.json')
const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc')

await rm(join(here, 'dist'), { recursive: true, force: true })
await bundle('public.ts', 'browser.js', { platform: 'browser' })
await bundle('public-node.ts', 'node.js', { platform: 'node', external: ['ws'] })
await writeDeclarations('client/public.d.ts')

async function bundle(from, to, options) {
  await build({
    ...options,
    entryPoints: [join(sources, 'client', from)],
    outfile: join(here, 'dist', to),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  })
}

/** Those of the entry and of what it imports; types inferred from schemas are written out, for zod is not there. */
async function writeDeclarations(entry) {
  const emitted = await mkdtemp(join(here, 'dist', 'emitted-'))
  execFileSync(process.execPath, [tsc, '--project', project, '--outDir', emitted], { stdio: 'inherit' })
  const plainTypes = openPlainTypes(project)
  const written = new Set()

  async function write(name) {
    if (written.has(name)) return
    written.add(name)
    const declared = await readFile(join(emitted, name), 'utf8')
    const text = /from ['"]zod['"]/.test(declared)
      ? plainTypes.of(join(sources, name.replace('.d.ts', '.ts')))
      : declared.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'")
    const path = join(here, 'dist/types', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    for (const [, imported] of text.matchAll(/from '(\.[^']*)\.js'/g))
      await write(join(dirname(name), `${imported}.d.ts`))
  }

  await write(entry)
  plainTypes.close()
  await rm(emitted, { recursive: true })
}
