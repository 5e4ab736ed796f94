import { writeFileSync } from 'node:fs'
import { untilInterrupted } from '../app/interrupt.ts'
import { userAgent } from '../app/issuers.ts'
import type { OpenMeteoIssuer } from '../domain/asked-issuer.ts'
import { systemClock } from '../domain/clock.ts'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import { type Place, withOpenMeteo } from '../ingest/asked-issuer.ts'
import { jena } from '../ingest/jena.ts'
import { loadStation } from '../ingest/station-file.ts'
import type { AskedOf } from '../issuers/issuer.ts'
import { IssuerError } from '../issuers/issuer-error.ts'
import { askedOf } from '../issuers/issuers.ts'
import { pastForecasts } from '../issuers/open-meteo-past.ts'
import { csvEncoder } from '../tables/csv.ts'
import type { Row } from '../tables/table.ts'
import { outputFile } from './output-file.ts'

export interface DownloadOutsideFlags {
  readonly station?: string
  readonly openMeteo?: Place
  readonly from?: Instant
  readonly to?: Instant
  readonly out?: string
}

/** Writes what Open-Meteo forecast of a station in the past as a table that `--outside` plays beside its readings. */
export async function downloadOutside({
  station: path,
  openMeteo,
  from,
  to = systemClock.now(),
  out,
}: DownloadOutsideFlags): Promise<void> {
  const station = withOpenMeteo(path === undefined ? jena : await loadStation(path), openMeteo)
  const issuers = openMeteoOf(station)
  if (from === undefined || out === undefined)
    throw new TickcastError('usage', `--${from === undefined ? 'from DATE' : 'out FILE'} is missing`)
  if (from >= to)
    throw new TickcastError('usage', '--to: not later than --from, so there is nothing between them')
  const interruption = new AbortController()
  void untilInterrupted().then(() => interruption.abort())
  const { signal } = interruption
  const names = issuers.map(({ name }) => name)
  const { encode } = csvEncoder([
    ...['issued_at', 'available_at', 'valid_at'].map((name) => ({ name, type: 'time' as const })),
    ...names.map((name) => ({ name, type: 'number' as const })),
  ])
  const file = outputFile(out)
  try {
    writeFileSync(file.path, encode([]))
    for (const [at, of] of issuers.entries()) {
      const context = { from, to, signal, clock: systemClock, now: systemClock.now, userAgent: userAgent() }
      let count = 0
      let first: Instant | undefined
      for await (const { issuedAt, availableAt, leads } of pastForecasts(of, context)) {
        const rows = leads.map(
          ({ validAt, mean }): Row => [
            ...[issuedAt, availableAt, validAt],
            ...names.map((_, index) => (index === at ? mean : null)),
          ],
        )
        writeFileSync(file.path, encode(rows), { flag: 'a' })
        first ??= availableAt
        count++
      }
      if (first === undefined && !signal.aborted)
        throw new TickcastError('download_failed', `${of.name}: the archive has nothing of that time`)
      process.stdout.write(`${of.name}: ${count} forecasts, the first of ${first && formatInstant(first)}\n`)
    }
    if (signal.aborted) throw new TickcastError('usage', `interrupted: ${out} is not written`)
    file.finish()
    process.stdout.write(`${out}\n`)
  } catch (cause) {
    file.abandon()
    if (cause instanceof IssuerError) throw new TickcastError('download_failed', cause.message, { cause })
    if (cause instanceof Error && 'syscall' in cause)
      throw new TickcastError('usage', `--out ${out}: cannot be written: ${errorMessage(cause)}`, { cause })
    throw cause
  }
}

/** Of its issuers those that have an archive, read by the columns that are written here. */
function openMeteoOf({ id, outside = [], ...station }: Station): readonly AskedOf<OpenMeteoIssuer>[] {
  const found = askedOf({ id, outside, ...station }).flatMap(({ asked, ...of }) =>
    asked.kind === 'open_meteo' ? [{ ...of, asked }] : [],
  )
  if (found.length > 0) return found
  throw new TickcastError(
    'usage',
    `no issuer of ${id} is Open-Meteo: --open-meteo LATITUDE,LONGITUDE, or open_meteo in the station file (docs/outside.md)`,
  )
}
