import { LEADS, validTime } from '../src/domain/forecast.ts'
import { HOUR } from '../src/domain/instant.ts'
import { normal, seededRandom } from '../src/domain/random.ts'
import { ALL_LEADS, ALLOWED, addForecasts, type DailyErrors, TOLD_LEADS, worstWindow } from './thirty-days.ts'

/*
 * The worst 30 days of somebody who knows how a series is made, and forecasts its median: what is above the best reference
 * there is chance, and nobody does better for long. `npm run bench -- known-process` runs this.
 */

const YEARS = 8
const WEEK_HOURS = 7 * 24
const REFERENCES = ['persistence', 'seasonal_naive', 'weekly_naive'] as const
const START = Date.UTC(2009, 0, 1)

/** Of an invented series: a first-order autoregression of deviation 1 over a daily wave. */
interface Process {
  /** After so many hours what is left of a deviation is 1/e. */
  readonly memoryHours: number
  /** Amplitude of the wave. */
  readonly swing: number
}

function worstOfWhoKnows({ memoryHours, swing }: Process, seed: number): DailyErrors {
  const random = seededRandom(seed)
  const kept = Math.exp(-1 / memoryHours)
  const wave = (hour: number) => swing * Math.sin((2 * Math.PI * hour) / 24)
  const hours = YEARS * 365 * 24
  const deviations = new Float64Array(hours)
  for (let hour = 1; hour < hours; hour++)
    deviations[hour] = kept * deviations[hour - 1]! + Math.sqrt(1 - kept ** 2) * normal(random)
  const valueAt = (hour: number) => deviations[hour]! + wave(hour)
  const days: DailyErrors = new Map()
  for (let now = WEEK_HOURS; now < hours - LEADS; now++) {
    const issuedAt = START + now * HOUR
    const atLeads = (of: (hour: number, ahead: number) => number) =>
      Float64Array.from({ length: LEADS }, (_, lead) => {
        const ahead = (validTime(issuedAt, lead) - issuedAt) / HOUR
        return of(now + ahead, ahead)
      })
    const models = new Map([
      ['persistence', atLeads(() => valueAt(now))],
      ['seasonal_naive', atLeads((hour) => valueAt(hour - 24))],
      ['weekly_naive', atLeads((hour) => valueAt(hour - WEEK_HOURS))],
    ])
    const mean = atLeads((hour, ahead) => kept ** ahead * deviations[now]! + wave(hour))
    addForecasts(days, [{ issuedAt, mean, models, truth: atLeads(valueAt) }], REFERENCES)
  }
  return days
}

export function knownProcess(): string {
  const told = [...TOLD_LEADS, ALL_LEADS] as const
  const rows = [
    ['memory', 'daily wave', ...TOLD_LEADS.map((lead) => `+${lead + 1} h`), 'mean of leads'],
    ['---', ...Array.from({ length: told.length + 1 }, () => '---')],
  ]
  for (const memoryHours of [60, 100, 200])
    for (const swing of [0.1, 0.6]) {
      const days = worstOfWhoKnows({ memoryHours, swing }, 1)
      const cells = told.map((lead) => {
        const { ratio, windows, above } = worstWindow(days, { references: REFERENCES, told: lead })!
        return `${ratio.toFixed(3)} (${((100 * above) / windows).toFixed(1)} %)`
      })
      rows.push([`${memoryHours} h`, `${swing}`, ...cells])
    }
  return [
    `The worst of all 30 days in ${YEARS} years of who knows the process, over the best of persistence, the same hour yesterday`,
    `and a week ago; in brackets the share of windows above ${ALLOWED}:`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}
