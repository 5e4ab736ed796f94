import type { Bus } from '../bus/bus.ts'
import { systemClock } from '../domain/clock.ts'
import { parseInstant } from '../domain/instant.ts'
import type { Station } from '../domain/station.ts'
import type { Issuers } from '../issuers/issuers.ts'
import type { StationHost } from './station-host.ts'
import type { Terminal } from './terminal.ts'
import { packageVersion } from './version.ts'

/** As whoever is asked sees who asks. */
export function userAgent(): string {
  return `tickcast/${packageVersion()}`
}

/**
 * Asks the issuers that a station's file says how to ask, from when its pipeline stands. Undefined where there are none;
 * what asks is loaded only where there are.
 */
export async function openStationIssuers(
  station: Station,
  {
    bus,
    host,
    terminal,
  }: { readonly bus: Bus; readonly host: () => StationHost | undefined; readonly terminal: Terminal },
): Promise<Issuers | undefined> {
  if (!station.outside?.some(({ asked }) => asked)) return undefined
  const { askedOf, openIssuers } = await import('../issuers/issuers.ts')
  const { pollText } = await import('../issuers/poll.ts')
  for (const of of askedOf(station)) terminal.fact('outside', pollText(of))
  const stream = () => host()?.stations.get(station.id)
  return openIssuers({
    bus,
    station,
    clock: systemClock,
    unit: Math.random,
    userAgent: userAgent(),
    env: process.env,
    cameAt(issuer) {
      const at = stream()?.status().outside?.[issuer]?.available_at
      return at ? parseInstant(at) : undefined
    },
    onTrouble: (text) => terminal.warn(text),
    onRecovered: (text) => terminal.fact('outside', text),
    onChange: () => stream()?.publishStatus(),
  })
}
