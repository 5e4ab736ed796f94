import type { Instant } from '../domain/instant.ts'
import { likelyEpoch } from './epoch.ts'
import { stampReader } from './stamp.ts'

/** How the stamps of a sample are written, as far as they tell. */
export interface DraftTime {
  readonly format: string
  /** True where they name their zone, or count from 1970. */
  readonly isAbsolute: boolean
  /** Another format that fits all of them as well: day and month can be told apart by nobody. */
  readonly other?: string | undefined
}

const DATES = ['dd.MM.yyyy', 'd.M.yyyy', 'yyyy/MM/dd', 'dd/MM/yyyy', 'MM/dd/yyyy', 'd/M/yyyy', 'M/d/yyyy']
const MORE_DATES = [
  'dd-MM-yyyy',
  'dd.MM.yy',
  'dd/MM/yy',
  'MM/dd/yy',
  'yyyyMMdd',
  'dd-MMM-yyyy',
  'd MMM yyyy',
  'd. MMM yyyy',
  'yyyy-MM-dd',
  'yyyy o',
  'yyyy M d',
]
const TIMES = [
  'HH mm',
  'HH:mm:ss',
  'HH:mm',
  'H:mm',
  'hh:mm:ss a',
  'hh:mm a',
  'h:mma',
  'h:mm:ss a',
  'HHmm',
  'HH',
  'H',
]
const FORMATS = [...DATES, ...MORE_DATES].flatMap((date) => TIMES.map((time) => `${date} ${time}`))
const DENSE = ['yyyyMMddHHmmss', 'yyyyMMddHHmm', 'yyyyMMddHH:mm', 'yyyyMMddHH']
const DAYS = [...DATES, ...MORE_DATES]

/** Undefined where they are no times. */
export function draftTime(stamps: readonly string[]): DraftTime | undefined {
  const some = stamps.filter((stamp) => stamp.trim() !== '').slice(0, 200)
  if (some.length === 0) return undefined
  const fits = (format: string) => instantsOf(some, format).every((instant) => instant !== undefined)
  const epochs = new Set(some.map(likelyEpoch))
  const [epoch] = epochs
  if (epochs.size === 1 && epoch !== undefined) return { format: epoch, isAbsolute: true }
  if (fits('iso'))
    return { format: 'iso', isAbsolute: some.every((stamp) => /(?:z|[+-]\d\d:?\d\d)$/i.test(stamp.trim())) }
  const found = [...FORMATS, ...DENSE, ...DAYS].filter(fits)
  const [first] = found
  if (first === undefined)
    return (
      ofIntervals(some) ??
      (fits('excel') && some.some(isFraction) ? { format: 'excel', isAbsolute: false } : undefined)
    )
  const swapped = first.startsWith('d') ? swap(first) : undefined
  if (swapped === undefined || !found.includes(swapped)) return { format: first, isAbsolute: false }
  const [jumps, others] = [first, swapped].map((format) => jumpsOf(instantsOf(some, format)))
  if (jumps === others) return { format: first, isAbsolute: false, other: swapped }
  return { format: jumps! < others! ? first : swapped, isAbsolute: false }
}

/** The begin of intervals such as `01.06.2024 00:00 - 01.06.2024 01:00`. */
function ofIntervals(stamps: readonly string[]): DraftTime | undefined {
  const sign = / [-–—/] /.exec(stamps[0]!)?.[0]
  if (sign === undefined) return undefined
  const begin = draftTime(stamps.map((stamp) => stamp.split(sign, 1)[0]!))
  return begin && { ...begin, format: `${begin.format}${sign}*` }
}

const isFraction = (stamp: string): boolean => /\d[.,]\d/.test(stamp)

function instantsOf(stamps: readonly string[], format: string): (Instant | undefined)[] {
  return stamps.map(stampReader({ formats: [format], utcOffsetMinutes: 0 }))
}

function swap(format: string): string {
  return format.replace(/^(d+)(.)(M+)/, '$3$2$1')
}

const DAYS_20 = 20 * 86_400_000

function jumpsOf(instants: readonly (Instant | undefined)[]): number {
  return instants.filter(
    (instant, index) => index > 0 && Math.abs((instant ?? 0) - (instants[index - 1] ?? 0)) > DAYS_20,
  ).length
}
