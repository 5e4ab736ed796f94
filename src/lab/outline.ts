import { z } from 'zod'
import { DAY } from '../domain/instant.ts'
import type { Series } from './series.ts'

/** The series as the chapter draws it: the whole week by week, and its first ten days row by row. */
export const outlineSchema = z.object({
  name: z.string(),
  channel: z.string(),
  rows: z.number(),
  channels: z.array(z.string()),
  weeks: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  beginning: z.array(z.tuple([z.number(), z.number()])),
})

/** `weeks`: when it begins, its lowest, mean and highest value. `beginning`: time and value. */
export type Outline = z.infer<typeof outlineSchema>

const WEEK = 7 * DAY
const BEGINNING = 10 * DAY

export function outlineOf({ name, channels, target, times, values, rows }: Series): Outline {
  const byWeek = new Map<number, { lowest: number; highest: number; sum: number; count: number }>()
  const beginning: Outline['beginning'] = []
  for (let row = 0; row < rows; row++) {
    const value = rounded(values[row * channels.length + target]!)
    if (Number.isNaN(value)) continue
    const time = times[row]!
    if (time < times[0]! + BEGINNING) beginning.push([time, value])
    const week = Math.floor(time / WEEK) * WEEK
    const found = byWeek.get(week) ?? { lowest: value, highest: value, sum: 0, count: 0 }
    found.lowest = Math.min(found.lowest, value)
    found.highest = Math.max(found.highest, value)
    found.sum += value
    found.count += 1
    byWeek.set(week, found)
  }
  return {
    name,
    channel: channels[target] ?? '',
    rows,
    channels: [...channels],
    weeks: [...byWeek].map(([week, { lowest, highest, sum, count }]) => [
      week,
      lowest,
      rounded(sum / count),
      highest,
    ]),
    beginning,
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
