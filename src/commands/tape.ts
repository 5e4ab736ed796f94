import { fetchStations, postTapeCommand } from '../client/http.ts'
import { TickcastError } from '../domain/errors.ts'
import type { TapeCommand, TapeMessage } from '../protocol/messages.ts'
import { type ClientFlags, reached } from './client-flags.ts'

export interface TapeFlags extends ClientFlags {
  readonly station?: string
  readonly json?: true
}

/** Sends a command to the tape of a running replay, and prints its state after it. */
export async function operate(command: TapeCommand, { station, json, url, token }: TapeFlags): Promise<void> {
  const id = station ?? (await onlyTape({ url, ...(token !== undefined && { token }) }))
  const tape = await reached(url, () => postTapeCommand(id, { url, token, command }))
  process.stdout.write(`${json ? JSON.stringify(tape) : tapeText(id, tape)}\n`)
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

function tapeText(
  id: string,
  { speed, paused, paused_because, ended, loop, position, rows }: TapeMessage,
): string {
  const speedText = speed === 'max' ? 'as fast as possible' : `${speed}x`
  const motion = ended
    ? 'at its end'
    : paused
      ? `paused${paused_because ? ` (${paused_because})` : ''}, speed ${speedText}`
      : `playing ${speed === 'max' ? speedText : `at ${speedText}`}`
  return `${id}: ${motion}, at ${position ?? 'its beginning'}, ${rows} rows played${loop ? ', loops' : ''}`
}
