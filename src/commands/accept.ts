import { acceptSensor } from '../client/http.ts'
import { type ClientFlags, reached } from './client-flags.ts'

/** Tells a running server that what a station's sensor says is real. */
export async function accept(station: string, { url, token }: ClientFlags): Promise<void> {
  const { accepted } = await reached(url, () => acceptSensor(station, { url, token }))
  const what = accepted
    ? `accepted as real (${accepted.fault} since ${accepted.since})`
    : 'nothing to accept: no fault was known'
  process.stdout.write(`${station}: ${what}\n`)
}
