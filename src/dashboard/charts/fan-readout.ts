import { type Instant, SECOND } from '../../domain/instant.ts'
import { decimal, type StationClock, unitName } from '../format.ts'
import type { FanColumn, FanData } from './fan-data.ts'

export interface FanReadout {
  readonly data: FanData
  /** The row under the pointer; undefined where the pointer is elsewhere. */
  readonly index: number | undefined
  readonly clock: StationClock
  readonly unit: string
  readonly now: Instant | undefined
}

/** One line of text for one time of the chart; empty where nothing is known of it. */
export function fanReadout({ data, index, clock, unit, now }: FanReadout): string {
  const seconds = index === undefined ? undefined : data.times[index]
  if (index === undefined || seconds === undefined) return ''
  const at = (column: FanColumn) => data.columns[column][index] ?? undefined
  const figure = (value: number | undefined) => `${decimal(value, 1)} ${unitName(unit)}`
  const instant = seconds * SECOND
  const parts: string[] = [`${clock.day(instant)} ${clock.time(instant)}`]
  const observed = at('observed')
  const held = at('bridged')
  if (observed !== undefined) parts.push(`observed ${figure(observed)}`)
  else if (held !== undefined) parts.push(`not measured, ${figure(held)} held`)
  const past = at('past')
  if (past !== undefined) parts.push(`forecast a day before ${figure(past)}`)
  const mean = at('mean')
  if (mean !== undefined && now !== undefined && instant > now) {
    parts.push(
      `forecast ${figure(mean)}, 90 % from ${decimal(at('low90'), 1)} to ${decimal(at('high90'), 1)}`,
    )
  }
  return parts.length > 1 ? parts.join('  ·  ') : ''
}
