import { emptyHealth, type HealthState } from '../core/health/health-state.ts'
import { type SensorHealth, sensorHealth } from '../core/health/sensor-health.ts'
import { formatInstant, type Instant } from '../domain/instant.ts'
import type { Reading } from '../domain/reading.ts'
import type { Channel, Station } from '../domain/station.ts'
import { shown } from '../ingest/bad-file.ts'

/*
 * What of a file looks like no measurement: a value that stays for far longer than it ever did, by the rule that masks it
 * live (docs/spec.md, H), and numbers that sensors and loggers say in place of none, far from all the others.
 */

/** Bounded, however long the file. */
export interface SensorFigures {
  /** By channel, in station order. */
  readonly channels: ChannelSuspicion[]
}

interface ChannelSuspicion {
  readonly sensor: SensorHealth | undefined
  readonly health: HealthState
  stuck:
    | { readonly value: number; readonly since: Instant; until: Instant; longest: number; runs: number }
    | undefined
  /** By number as it is written. */
  readonly words: Map<number, { readonly first: Instant; readonly value: number; rows: number }>
  /** Of the other values. */
  low: number
  high: number
}

/** As they are written: of thermometers without power or wire, of loggers, of whole numbers that are full. */
const WORDS = new Set([
  ...[
    85, -127, -99, -99.9, -999, -999.9, -9999, -99999, 999, 999.9, 9999, 99999, -55, 125, -888, 8888, -7999,
  ],
  ...[32767, -32768, 65535, 3276.7, -3276.8, 6553.5, 327.67, -327.68, 655.35, 2147483647, 4294967295],
])

const NOTHING_EXPECTED = () => undefined

export function emptySensors(station: Station): SensorFigures {
  const { cadence, hold, health } = station
  const isLookedFor = health !== 'off'
  return {
    channels: station.channels.map(({ unit, limits }) => ({
      sensor: isLookedFor
        ? sensorHealth({
            ...{ cadence, unit, limits, reportsChanges: hold !== undefined },
            stuckAfter: health?.stuckAfter,
          })
        : undefined,
      health: emptyHealth(),
      stuck: undefined,
      words: new Map(),
      low: Number.POSITIVE_INFINITY,
      high: Number.NEGATIVE_INFINITY,
    })),
  }
}

export function countSensors(
  { channels: figures }: SensorFigures,
  { channels }: Station,
  { eventTime: time, values }: Reading,
): void {
  for (const [index, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    const one = figures[index]!
    const written = writtenAs(value, channels[index]!)
    if (WORDS.has(written)) {
      const word = one.words.get(written)
      if (word) word.rows++
      else one.words.set(written, { first: time, value, rows: 1 })
    } else {
      one.low = Math.min(one.low, value)
      one.high = Math.max(one.high, value)
    }
    countStuck(one, time, value)
  }
}

function countStuck(one: ChannelSuspicion, time: Instant, value: number): void {
  const { sensor, health } = one
  const wasStuck = health.fault !== undefined
  if (sensor?.judge(health, { time, value }, NOTHING_EXPECTED) !== 'stuck') return
  const { since, rows } = health.run
  const { stuck } = one
  if (stuck && wasStuck && stuck.since === since) {
    stuck.until = time
    stuck.longest = rows
  } else if (stuck && rows <= stuck.longest) {
    if (!wasStuck) stuck.runs++
  } else
    one.stuck = { value, since, until: time, longest: rows, runs: (stuck?.runs ?? 0) + (wasStuck ? 0 : 1) }
}

function writtenAs(value: number, { scale = 1, offset = 0 }: Channel): number {
  return scale === 1 && offset === 0 ? value : Number(((value - offset) / scale).toFixed(6))
}

/** A line each, of what looks like no measurement. */
export function sensorLines({ channels }: Station, { channels: figures }: SensorFigures): string[] {
  return channels.flatMap((channel, index) => {
    const one = figures[index]!
    return [...stuckLines(channel, one), ...wordLines(channel, one)]
  })
}

function stuckLines({ name }: Channel, { stuck }: ChannelSuspicion): string[] {
  if (!stuck) return []
  const { value, since, until, longest, runs } = stuck
  const more = runs > 1 ? `, the longest of ${runs} such runs` : ''
  return [
    `  sensor: ${shown(name, 60)} says ${value} for ${longest} rows, from ${formatInstant(since)} to ${formatInstant(until)}${more}: it looks stuck; where that is real, health: off, where it is not, health: { stuck_after: ... } finds it sooner`,
  ]
}

/** Beyond the other values by so much of their range it is none of them. */
const FAR = 1 / 2

function wordLines(channel: Channel, { words, low, high }: ChannelSuspicion): string[] {
  if (low > high || channel.difference !== undefined) return []
  const far = FAR * (high - low)
  return [...words]
    .filter(([, { value }]) => value > high + far || value < low - far)
    .map(
      ([written, { first, rows }]) =>
        `  sensor: ${shown(channel.name, 60)} is ${written} in ${rows} ${rows === 1 ? 'row' : 'rows'}, the first at ${formatInstant(first)}, far from all others (${low}..${high}): where it means 'not measured', the station file says sentinels: [${written}]`,
    )
}
