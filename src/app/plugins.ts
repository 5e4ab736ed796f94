import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { WITHOUT_NEIGHBOURS } from '../domain/neighbour.ts'
import type { Station } from '../domain/station.ts'
import { EXPERT_NAMES, type ExpertChoice, isStationName } from '../experts/choose.ts'
import { type PluginHost, pluginEntry } from '../experts/plugin.ts'
import type { Forecaster } from '../forecast/forecaster.ts'
import { MIXTURE } from '../forecast/mixture.ts'

export interface PluginFlags extends ExpertChoice {
  /** Files of forecasters of the user's own. */
  readonly expert?: readonly string[]
}

const NAME = /^[a-z][a-z0-9_]{0,39}$/
const NAME_RULE = 'lower-case letters, digits and _, at most 40, that no other expert has'

const HOST: PluginHost = {
  clock: () => performance.now(),
  tell: (line) => void process.stderr.write(`tickcast: ${line}\n`),
}

/** The flags with what `--expert` names loaded. Throws a `TickcastError` that names the file and what is wrong. */
export async function withPlugins<F extends PluginFlags>(flags: F, host: PluginHost = HOST): Promise<F> {
  if (flags.expert === undefined) return flags
  const taken = new Set([...EXPERT_NAMES, MIXTURE, WITHOUT_NEIGHBOURS])
  const plugins = []
  for (const file of flags.expert) {
    const plugin = await loaded(file)
    if (!NAME.test(plugin.name) || isStationName(plugin.name) || taken.has(plugin.name))
      throw wrong(file, `name: '${plugin.name.slice(0, 60)}' breaks the rule: ${NAME_RULE}`)
    taken.add(plugin.name)
    plugins.push(pluginEntry(plugin, host))
  }
  return { ...flags, plugins }
}

async function loaded(file: string) {
  const path = resolve(file)
  let bytes: Uint8Array
  let module: Readonly<Record<string, unknown>>
  try {
    bytes = await readFile(path)
    module = await import(pathToFileURL(path).href)
  } catch (cause) {
    throw new TickcastError('usage', `--expert ${file}: cannot be loaded: ${reasonOf(cause)}`, { cause })
  }
  const { name, create } = module
  if (typeof name !== 'string') throw wrong(file, 'exports no `name`, a text')
  if (typeof create !== 'function') throw wrong(file, 'exports no `create`, a function of the station')
  return {
    name,
    hash: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
    create: (station: Station): Forecaster => checkedForecaster(create(station), name),
  }
}

function reasonOf(cause: unknown): string {
  const isTypeScript = Object(cause).code === 'ERR_UNKNOWN_FILE_EXTENSION'
  return `${errorMessage(cause)}${isTypeScript ? '; JavaScript is read by any Node, TypeScript by 22.18 and later' : ''}`
}

/** Throws what its own call is told of. It may be of a class: its methods are called as its own. */
function checkedForecaster(made: Forecaster, name: string): Forecaster {
  for (const method of ['initial', 'observe', 'predict'] as const)
    if (typeof Object(made)[method] !== 'function') throw new Error(`what create() gives has no ${method}()`)
  return {
    name,
    ...(made.sleeps && { sleeps: true }),
    initial: () => made.initial(),
    observe: (state, reading) => made.observe(state, reading),
    learn: (state, example) => made.learn?.(state, example),
    predict: (state, issue) => made.predict(state, issue),
  }
}

function wrong(file: string, what: string): TickcastError {
  return new TickcastError('usage', `--expert ${file}: ${what}`)
}
