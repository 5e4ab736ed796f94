import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Who may import whom, beside itself. Everything may import `domain`. Imports point one way. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  protocol: [],
  ingest: ['protocol'],
  window: [],
  wasm: [],
  forecast: ['wasm'],
  verify: [],
  learn: [],
  report: ['protocol', 'verify'],
  kernel: ['wasm'],
  threads: [],
  networks: ['learn', 'window', 'forecast', 'kernel', 'wasm', 'threads'],
  store: ['protocol', 'threads'],
  tables: ['protocol'],
  tensorflow: ['kernel', 'networks'],
  core: ['protocol', 'ingest', 'window', 'forecast', 'verify', 'learn'],
  flow: ['protocol', 'ingest', 'window', 'forecast', 'verify', 'learn', 'core', 'bus'],
  experts: ['forecast', 'learn', 'networks'],
  bus: ['protocol', 'ingest'],
  gateway: ['protocol', 'bus', 'ingest', 'tables', 'core', 'verify', 'report'],
  mqtt: ['protocol', 'bus', 'ingest'],
  issuers: ['protocol', 'bus', 'ingest'],
  client: ['protocol'],
  dashboard: ['protocol', 'client'],
  replay: ['protocol', 'bus', 'ingest', 'forecast'],
  lab: ['protocol', 'ingest', 'window', 'networks', 'tensorflow', 'report'],
  app: [
    'protocol',
    'ingest',
    'window',
    'forecast',
    'verify',
    'learn',
    'networks',
    'core',
    'experts',
    'flow',
    'bus',
    'store',
    'gateway',
    'mqtt',
    'issuers',
    'replay',
  ],
  commands: [
    'protocol',
    'ingest',
    'forecast',
    'verify',
    'networks',
    'core',
    'experts',
    'flow',
    'bus',
    'store',
    'tables',
    'app',
    'client',
    'mqtt',
    'issuers',
    'replay',
    'lab',
    'report',
    'store',
  ],
  main: ['commands'],
}

interface Import {
  readonly file: string
  readonly from: string
  readonly specifier: string
  readonly to: string | undefined
}

/** A folder of `src`, or a file beside them; `replay` is one of its own. */
function room(path: string): string {
  const parts = relative(root, path).split('/')
  if (parts[0] === 'replay') return 'replay'
  return parts.length === 2 ? parts[1]!.replace(/\.ts$/, '') : parts[1]!
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name))
}

const files = ['src', 'replay'].flatMap(sources)

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)].map(([, specifier]) => ({
    file: relative(root, file),
    from: room(file),
    specifier: specifier!,
    to: specifier!.startsWith('.') ? room(join(file, '..', specifier!)) : undefined,
  }))
})

/** Everything that is loaded with a module before it runs: packages by name, files by path. Types are not loaded. */
function staticallyImported(entry: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(entry, 'utf8')
  for (const [, specifier] of text.matchAll(/^import(?! type\b)[^'"(]*['"]([^'"]+)['"]/gm)) {
    const found = specifier!.startsWith('.') ? join(entry, '..', specifier!) : specifier!
    if (seen.has(found)) continue
    seen.add(found)
    if (found.endsWith('.ts')) staticallyImported(found, seen)
  }
  return seen
}

describe('architecture', () => {
  it('architecture - every folder, and every file beside them, has its line in the table of who may import whom', () => {
    const rooms = new Set(files.map(room))
    expect([...rooms].filter((name) => !(name in MAY_IMPORT))).toEqual([])
    expect(Object.keys(MAY_IMPORT).filter((name) => !rooms.has(name))).toEqual([])
    expect(files.map((file) => relative(root, file))).toContain('src/main.ts')
  })

  it('architecture - the table itself allows no two to import each other, over however many others', () => {
    const below = (name: string, seen = new Set<string>()): ReadonlySet<string> => {
      for (const next of MAY_IMPORT[name]!) {
        if (seen.has(next)) continue
        seen.add(next)
        below(next, seen)
      }
      return seen
    }
    expect(Object.keys(MAY_IMPORT).filter((name) => below(name).has(name))).toEqual([])
  })

  it('architecture - imports point one way', () => {
    const wrong = imports.filter(
      ({ from, to }) => to !== undefined && to !== from && to !== 'domain' && !MAY_IMPORT[from]?.includes(to),
    )
    expect(wrong.map(({ file, specifier }) => `${file} -> ${specifier}`)).toEqual([])
  })

  it('architecture - TensorFlow.js is known to its adapter and to the lab alone', () => {
    const wrong = imports.filter(
      ({ from, specifier }) => specifier.startsWith('@tensorflow/') && !['tensorflow', 'lab'].includes(from),
    )
    expect(wrong.map(({ file }) => file)).toEqual([])
  })

  it('architecture - no forecast waits for TensorFlow.js: nothing on its way imports it, in no thread', () => {
    const threads = sources('src/networks').filter((file) => file.endsWith('-worker.ts'))
    expect(threads.length).toBeGreaterThan(1)
    const entries = ['start', 'forecast', 'backtest', 'replay', 'serve'].map((name) =>
      join(root, `src/commands/${name}.ts`),
    )
    const wrong = [join(root, 'src/main.ts'), ...entries, ...threads].flatMap((entry) =>
      [...staticallyImported(entry)]
        .filter((specifier) => specifier.startsWith('@tensorflow/'))
        .map((specifier) => `${relative(root, entry)} -> ${specifier}`),
    )
    expect(wrong).toEqual([])
    expect(staticallyImported(join(root, 'src/tensorflow/stock-trainer-worker.ts'))).toContain(
      '@tensorflow/tfjs',
    )
  })

  it('architecture - no stage reads the clock or draws for itself', () => {
    const stages = new Set([
      ...['domain', 'ingest', 'window', 'forecast', 'verify', 'learn', 'core', 'experts', 'flow'],
    ])
    const wrong = ['src']
      .flatMap(sources)
      .filter((file) => stages.has(room(file)) && !file.endsWith('domain/clock.ts'))
      .filter((file) => /Date\.now\(\)|Math\.random\(\)|new Date\(\)/.test(readFileSync(file, 'utf8')))
    expect(wrong.map((file) => relative(root, file))).toEqual([])
  })
})
