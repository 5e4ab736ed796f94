import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { chromiumRequirement, launchBrowser, openPage } from '../support/browser.ts'
import { startTickcast, type TickcastProcess } from '../support/tickcast-process.ts'
import { until } from '../support/until.ts'

/* The package as a stranger has it: packed, installed outside this tree, compiled, run and bundled. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PACKAGE = join(ROOT, 'packages/client')
const MOST_BYTES = 400_000
const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  target: 'es2022',
}
const NODE = { lib: ['es2023'], types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] }
/** What every message is in the sources, beside what the package says it is. */
const AGREEMENT = `
import type * as client from 'tickcast-client'
import type { MessageOf } from '${ROOT}src/protocol/message-of.ts'
import type { TapeCommand, TapeMessage } from '${ROOT}src/protocol/tape.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
interface Pairs {
  tape: [client.TapeMessage, TapeMessage]
  command: [client.TapeCommand, TapeCommand]
  reading: [client.ReadingMessage, MessageOf['reading']]
  forecast: [client.ForecastMessage, MessageOf['forecast']]
  score: [client.ScoreMessage, MessageOf['score']]
  status: [client.StatusMessage, MessageOf['status']]
  station: [client.StationMessage, MessageOf['station']]
  rejected: [client.RejectedMessage, MessageOf['rejected']]
  all: [client.MessageOf, MessageOf]
}
export const same: { [K in keyof Pairs]: Same<Pairs[K][0], Pairs[K][1]> } = {
  tape: true,
  command: true,
  reading: true,
  forecast: true,
  score: true,
  status: true,
  station: true,
  rejected: true,
  all: true,
}
`

const folder = mkdtempSync(join(tmpdir(), 'tickcast-client-'))
const readmes = [PACKAGE, ROOT].map((path) => readFileSync(join(path, 'README.md'), 'utf8')).join('\n')
const snippets = [...readmes.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
let tickcast: TickcastProcess

beforeAll(async () => {
  tickcast = await startTickcast(['--port', '0', '--no-network', '--lead-in', '3d', '--speed', '3600'])
  // ws is packed here too, so that nothing is asked of a registry.
  const packed = [await pack(PACKAGE), await pack(join(ROOT, 'node_modules/ws'), '--ignore-scripts')]
  write('package.json', '{ "name": "stranger", "private": true, "type": "module" }')
  await npm(folder, ['install', '--offline', '--no-audit', '--no-fund', ...packed])
})
afterAll(async () => {
  await tickcast?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('client package', () => {
  it('client package - brings ws and nothing else, and is small', () => {
    const modules = join(folder, 'node_modules')
    const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    const packages = files.filter((name) => name.endsWith('package.json')).map((name) => name.split('/')[0])
    expect(new Set(packages)).toEqual(new Set(['tickcast-client', 'ws']))
    expect(files.filter((name) => name.includes('/node_modules'))).toEqual([])
    const bytes = files.reduce((sum, name) => sum + statSync(join(modules, name)).size, 0)
    expect(bytes).toBeLessThan(MOST_BYTES)
  })

  it('client package - has the version of the program, and asks for the same ws and Node', () => {
    const [program, client] = [ROOT, PACKAGE].map((path) =>
      JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')),
    )
    expect(client.version).toBe(program.version)
    expect(client.dependencies).toEqual({ ws: program.dependencies.ws })
    expect(client.engines).toEqual(program.engines)
  })

  it('client package - compiles by strict rules, declarations and all, and both READMEs run in Node', async () => {
    expect(snippets.length).toBe(4)
    for (const [index, code] of snippets.entries()) {
      write(`snippet${index}.ts`, `${code.replace('http://127.0.0.1:8080', tickcast.url)}\nexport {}\n`)
    }
    const files = snippets.map((_, index) => `snippet${index}.ts`)
    await compile('bundler', {
      compilerOptions: { ...STRICT, module: 'esnext', moduleResolution: 'bundler', types: [], noEmit: true },
      files,
    })
    await compile('nodenext', {
      compilerOptions: { ...STRICT, ...NODE, module: 'nodenext', moduleResolution: 'nodenext' },
      files,
    })
    await prints('snippet0.js', /^simulated .+ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ -?\d+\.\d+ degC \{/m)
    await prints('snippet1.js', /^open\n(.*\n)*unknown_station /m)
    await prints('snippet2.js', /^[1-9]\d* readings, \d+ forecasts\nunder_replay /m)
    await prints('snippet3.js', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ -?\d+\.\d+ \{/m)
  })

  it('client package - its types are those that are inferred from the schemas', async () => {
    write('agreement.ts', AGREEMENT)
    await compile('agreement', {
      compilerOptions: {
        ...STRICT,
        ...NODE,
        module: 'nodenext',
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        noEmit: true,
      },
      files: ['agreement.ts'],
    })
  })

  it('client package - for the browser it is one file that imports nothing', async () => {
    const { metafile } = await bundled('export * from "tickcast-client"')
    const ours = 'node_modules/tickcast-client/dist/browser.js'
    expect(Object.keys(metafile.inputs).filter((name) => name !== '<stdin>')).toEqual([ours])
    expect(metafile.inputs[ours]!.imports).toEqual([])
  })

  it('client package - exports the same for the browser, in Node, and as tickcast/client', async () => {
    const { metafile } = await bundled('export * from "tickcast-client"')
    const [output] = Object.values(metafile.outputs)
    expect(output!.exports).toContain('connect')
    expect(await exportsOf('tickcast-client', folder)).toEqual([...output!.exports].sort())
    expect(await exportsOf('tickcast/client', ROOT)).toEqual([...output!.exports].sort())
  })
})

chromiumRequirement.describe('client package in a page', () => {
  it('client package - a page that is bundled with it shows forecasts as they come', async () => {
    const { code } = await bundled(`
      import { connect } from 'tickcast-client'
      connect({ url: '${tickcast.url}' }).subscribe('simulated', {
        forecast: ({ issued_at, leads }, { kind }) => {
          document.body.dataset[kind] = issued_at + ' ' + leads.length
        },
      })
    `)
    const browser = await launchBrowser()
    onTestFinished(() => browser.close())
    const { page, complaints } = await openPage(browser, { url: await served(code) })
    await until('a forecast on the page', async () => {
      expect(complaints).toEqual([])
      const shown = await page.locator('body').getAttribute('data-update')
      return shown !== null && /^\d{4}-\d\d-\d\dT.+Z 24$/.test(shown)
    })
  })
})

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

/** Where the tarball of a folder's package is. */
async function pack(path: string, ...flags: string[]): Promise<string> {
  const name = await npm(path, ['pack', '--silent', '--pack-destination', folder, ...flags])
  return join(folder, name.trim())
}

async function npm(cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', args, { cwd })
  return stdout
}

/** What Node finds in a module, asked for in that folder. */
async function exportsOf(module: string, cwd: string): Promise<string[]> {
  const script = `import('${module}').then((all) => console.log(Object.keys(all).sort().join()))`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd })
  return stdout.trim().split(',')
}

/** By this project's compiler, from a tsconfig.json of this name; an error holds what it complained of. */
async function compile(name: string, config: object): Promise<void> {
  write(`${name}.json`, JSON.stringify(config))
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const compiled = promisify(execFile)(process.execPath, [tsc, '--project', `${name}.json`], { cwd: folder })
  await compiled.catch(({ stdout }) => {
    throw new Error(`${name}: ${stdout}`)
  })
}

/** Runs a module until it has printed that. */
async function prints(module: string, pattern: RegExp): Promise<void> {
  const child = spawn(process.execPath, [module], { cwd: folder })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  await until(`${pattern} from ${module}`, () => {
    if (pattern.test(output)) return true
    if (child.exitCode !== null) throw new Error(`${module} ended with ${child.exitCode}:\n${output}`)
    return false
  })
  child.kill()
}

async function bundled(contents: string) {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    absWorkingDir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    write: false,
  })
  return { metafile, code: outputFiles[0]!.text }
}

/** Where a page with this script is: on another port of this machine, whose pages may subscribe too. */
async function served(script: string): Promise<string> {
  const page = `<!doctype html><link rel="icon" href="data:,"><body><script type="module">${script}</script>`
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(page)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}/`
}
