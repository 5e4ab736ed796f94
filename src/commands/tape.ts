import { fetchStations, HttpProblem, postTapeCommand } from '../client/http.ts'
import { TickcastError } from '../domain/errors.ts'
import type { TapeCommand, TapeMessage } from '../protocol/tape.ts'
import { type ClientFlags, reached } from './client-flags.ts'

export interface TapeFlags extends ClientFlags {
  readonly station?: string
  readonly json?: true
}

/** Sends a command to the tape of a running replay, and prints its state after it. */
export async function operate(command: TapeCommand, { station, json, url, token }: TapeFlags): Promise<void> {
  const id = station ?? (await onlyTape({ url, ...(token !== undefined && { token }) }))
  const tape = await reached(url, () => postTapeCommand(id, { url, token, command }).catch(tellTheFlag))
  process.stdout.write(`${json ? JSON.stringify(tape) : tapeText(id, tape)}\n`)
}

/** Begins the tape anew. What was learnt cannot be had back, so the wish is to be said twice. */
export async function beginAnew({ yes, ...flags }: TapeFlags & { readonly yes?: true }): Promise<void> {
  if (!yes)
    throw new TickcastError(
      'usage',
      'to begin anew forgets all that was lived of the tape and learnt from it, for good: add --yes',
    )
  await operate({ anew: true }, flags)
}

/** A seek that is refused since it would forget: the server names the key of its command, here that is a flag. */
function tellTheFlag(error: unknown): never {
  if (!(error instanceof HttpProblem) || error.code !== 'would_forget') throw error
  const why = error.message.replace(/: say .*$/, '')
  throw new TickcastError('usage', `${why}: add --forget if that is meant`, { cause: error })
}

async function onlyTape({ url, token }: ClientFlags): Promise<string> {
  const stations = await reached(url, () => fetchStations({ url, token }))
  const tapes = stations.filter(({ tape }) => tape !== undefined).map(({ id }) => id)
  if (tapes.length === 1) return tapes[0]!
  throw new TickcastError(
    'usage',
    tapes.length === 0
      ? `no station at ${url} is under replay`
      : `several stations are under replay: choose with --station ${tapes.join(' | ')}`,
  )
}

export function tapeText(id: string, tape: TapeMessage): string {
  const { loop, ended, position, last, rows, until, remembers, catching_up_to } = tape
  const isCut = until !== undefined && (last === null || Date.parse(until) <= Date.parse(last))
  const facts = [
    motionText(tape),
    catching_up_to === undefined && `at ${position ?? 'its beginning'}`,
    `${rows} rows played`,
    isCut && !ended && `ends before ${until}`,
    loop && 'loops',
    remembers !== undefined && (remembers ? 'remembers what was lived' : 'is not kept: a seek back forgets'),
  ]
  return `${id}: ${facts.filter((fact) => fact !== false).join(', ')}`
}

function motionText({ speed, paused, paused_because, ended, catching_up_to }: TapeMessage): string {
  const speedText = speed === 'max' ? 'as fast as possible' : `${speed}x`
  const playing = speed === 'max' ? speedText : `at ${speedText}`
  const standing = `paused${paused_because ? ` (${paused_because})` : ''}, speed ${speedText}`
  if (catching_up_to !== undefined)
    return `on its way to ${catching_up_to}, then ${paused ? standing : `on ${playing}`}`
  if (ended) return 'at its end'
  return paused ? standing : `playing ${playing}`
}
