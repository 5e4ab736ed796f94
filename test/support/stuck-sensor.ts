import { formatInstant, MINUTE } from '../../src/domain/instant.ts'

/** A station whose sensor is stuck after an hour of the same, as its file. */
export const LOUNGE = `
id: lounge
time: { column: time, format: iso, utc_offset: "+00:00" }
cadence: 10m
health: { stuck_after: 1h }
target: temp
channels:
  - { name: temp, column: temp, unit: degC, min: -40, max: 60 }
`

export const STUCK = 20.95
const CADENCE = 10 * MINUTE

/** Ten hours up to now; for the last two of them the sensor says the same. */
export function stuckTicks() {
  const now = Math.floor(Date.now() / CADENCE) * CADENCE
  return Array.from({ length: 60 }, (_, row) => ({
    event_time: formatInstant(now - (59 - row) * CADENCE),
    values: { temp: row < 48 ? 15 + (row % 9) / 2 : STUCK },
  }))
}
