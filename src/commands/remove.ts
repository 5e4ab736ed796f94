import { removeStation } from '../client/http.ts'
import { TickcastError } from '../domain/errors.ts'
import { type ClientFlags, reached } from './client-flags.ts'

export interface RemoveFlags extends ClientFlags {
  readonly yes?: true
}

/** Has a running server forget a station. Nothing of it can be had back, so the wish is to be said twice. */
export async function remove(station: string, { yes, url, token }: RemoveFlags): Promise<void> {
  if (!yes)
    throw new TickcastError(
      'usage',
      `removing '${station}' drops all that is held of it, for good: add --yes`,
    )
  await reached(url, () => removeStation(station, { url, token }))
  process.stdout.write(`${station}: removed\n`)
}
