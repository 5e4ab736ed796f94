import { cachedJena, downloadJena } from '../../replay/download-archive.ts'
import { openTape } from '../../replay/open-tape.ts'
import type { Tape } from '../../replay/tape.ts'
import { TickcastError } from '../domain/errors.ts'
import type { Place } from '../ingest/asked-issuer.ts'
import type { Terminal } from './terminal.ts'

export interface DataFlags {
  /** One file, or several that make up one history. */
  readonly data?: readonly string[]
  readonly station?: string
  readonly outside?: readonly string[]
  readonly openMeteo?: Place
  readonly neighbour?: readonly string[]
  readonly seed?: number
}

/** Limits of fetching the public archive at a start without data: for the first byte, and for all of it. */
const SILENCE_MS = 3_000
const WHOLE_MS = 60_000

/** The tape a start plays: the file named, else the cached archive, else a brief try to fetch it, else the simulated station. */
export async function chooseTape(
  { data, station, outside, openMeteo, neighbour, seed }: DataFlags,
  terminal: Terminal,
): Promise<Tape> {
  const options = {
    ...(station !== undefined && { station }),
    ...(seed !== undefined && { seed }),
  }
  if (data !== undefined)
    return openTape({
      ...options,
      data,
      ...(openMeteo && { openMeteo }),
      ...(outside !== undefined && { outside }),
      ...(neighbour && { neighbour }),
    })
  if (openMeteo)
    throw new TickcastError('usage', '--open-meteo needs --data FILE or --live: what is it a forecast of?')
  if (outside !== undefined)
    throw new TickcastError('usage', `--outside ${outside[0]} needs --data FILE: what is it a forecast of?`)
  if (neighbour !== undefined)
    throw new TickcastError(
      'usage',
      `--neighbour ${neighbour[0]} needs --data FILE, or --live: a neighbour of what?`,
    )
  if (station !== undefined) {
    throw new TickcastError(
      'usage',
      '--station needs --data FILE to replay, or --live to wait for ticks of that station',
    )
  }
  const cached = await cachedJena()
  if (cached !== undefined) return openTape({ ...options, data: cached })
  try {
    terminal.status('no --data and nothing cached: trying to fetch the public Jena archive ...')
    return await openTape({
      ...options,
      data: await downloadJena({ silenceMs: SILENCE_MS, timeoutMs: WHOLE_MS }),
    })
  } catch (error) {
    if (!(error instanceof TickcastError)) throw error
    terminal.warn(`${error.message}; replaying a SIMULATED station instead (tickcast download tries again)`)
    return openTape(options)
  }
}
