import { userAgent } from '../app/issuers.ts'
import { systemClock } from '../domain/clock.ts'
import { TickcastError } from '../domain/errors.ts'
import { formatInstant, HOUR, parseInstant, SECOND } from '../domain/instant.ts'
import { type Place, withOpenMeteo } from '../ingest/asked-issuer.ts'
import { jena } from '../ingest/jena.ts'
import { loadStation } from '../ingest/station-file.ts'
import { validateOutside } from '../ingest/validate-outside.ts'
import { askIssuer, whomText } from '../issuers/ask.ts'
import { IssuerError } from '../issuers/issuer-error.ts'
import { askedOf } from '../issuers/issuers.ts'
import type { OutsideMessage } from '../protocol/outside.ts'

/** Asks each issuer of a station once and shows what would be read; fails where one of them gives nothing. */
export async function checkIssuers({
  station: path,
  openMeteo,
}: {
  readonly station?: string | undefined
  readonly openMeteo?: Place | undefined
}): Promise<void> {
  const station = withOpenMeteo(path === undefined ? jena : await loadStation(path), openMeteo)
  const asked = askedOf(station)
  if (asked.length === 0)
    throw new TickcastError('usage', `--ask: the station file names nobody to ask (docs/outside.md)`)
  const failed: string[] = []
  for (const of of asked) {
    process.stdout.write(`${of.name}: ${whomText(of.asked)}\n`)
    const askedAt = Math.floor(systemClock.now() / SECOND) * SECOND
    const context = { userAgent: userAgent(), env: process.env, askedAt, now: systemClock.now }
    try {
      const { forecast, saysIssued } = await askIssuer(of, context)
      process.stdout.write(`${forecastText(forecast, of.unit, saysIssued)}\n`)
      const verdict = validateOutside(station, forecast, systemClock.now())
      if (verdict.ok) continue
      const { field, value, rule } = verdict.rejection
      process.stdout.write(`  refused: ${field}: ${value} breaks the rule: ${rule}\n`)
      failed.push(of.name)
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error
      process.stdout.write(`  nothing: ${error.message}\n`)
      failed.push(of.name)
    }
  }
  if (failed.length > 0) throw new TickcastError('bad_station', `no forecast of ${failed.join(', ')}`)
}

const SHOWN = 3

function forecastText({ issued_at, leads }: OutsideMessage, unit: string, saysIssued: boolean): string {
  const issuedAt = parseInstant(issued_at) ?? 0
  const line = ({ lead_hours, mean }: (typeof leads)[number]): string =>
    `  ${formatInstant(Math.round(issuedAt + lead_hours * HOUR))}  ${mean} ${unit}`
  const first = leads.slice(0, SHOWN)
  const between = leads.length - first.length - 1
  return [
    `  issued ${issued_at}${saysIssued ? '' : ', when it was asked for'}; ${leads.length} leads`,
    ...first.map(line),
    ...(between > 0 ? [`  ... ${between} more`] : []),
    ...(between >= 0 ? [line(leads.at(-1)!)] : []),
  ].join('\n')
}
