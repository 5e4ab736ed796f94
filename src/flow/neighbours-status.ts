import { formatInstant } from '../domain/instant.ts'
import { neighbourNames } from '../domain/neighbour.ts'
import type { Station } from '../domain/station.ts'
import { leadOf } from '../forecast/neighbours/lagged-correlation.ts'
import { type NeighbourhoodState, neighbourhood } from '../forecast/neighbours/neighbourhood.ts'
import { thousandth } from '../protocol/encode.ts'
import type { StatusMessage } from '../protocol/status.ts'

/** Who informs a station, as it travels. */
export function neighboursStatus(
  station: Station,
  state: NeighbourhoodState | undefined,
): NonNullable<StatusMessage['neighbours']> {
  if (!state) return {}
  const standing = neighbourhood(station).standing(state)
  const told = Object.entries(state.stations).map(([id, { readings, quantities, correlation }]) => {
    const lead = leadOf(correlation)
    return [
      id,
      {
        readings,
        newest: formatInstant(quantities.newest),
        lag_hours: lead?.lag ?? null,
        correlation: lead ? thousandth(lead.correlation) : null,
        models: standing.flatMap(([place, of]) => (of === id ? neighbourNames(place) : [])),
      },
    ]
  })
  return Object.fromEntries(told)
}
