import { Worker } from 'node:worker_threads'

/** By default a thread's short-lived objects take several times as much before they are collected: 50 MB of a backtest's peak. */
const resourceLimits = { maxYoungGenerationSizeMb: 10 }

/** Starts a module, named by its path from the folder of all sources and without its extension, in a thread of its own. */
export function startWorker(name: string, workerData: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(`../${name}.js`, import.meta.url), { workerData, resourceLimits })
  }
  // From source (tests, benchmarks) the thread has to be taught TypeScript first. Node 20 does not hand loaders
  // given by `--import` on to threads, so the thread registers tsx itself before it loads the module.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const module = JSON.stringify(new URL(`../${name}.ts`, import.meta.url).href)
  const code = `import(${loader}).then(({ register }) => { register(); return import(${module}) })`
  return new Worker(code, { eval: true, execArgv: [], workerData, resourceLimits })
}
