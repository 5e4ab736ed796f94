import type { Rejected, TakenRows } from './tick-intake.ts'

/** How many rejections a reply lists; all of them are on the bus as `rejected`. */
const REJECTIONS_SHOWN = 20

/** What comes too late is never learnt from: the way in for a history, and for a sensor that sends out of order. */
const LATE_ADVICE =
  'What is older than the newest reading is never learnt from: a history comes first, into a folder of its own ' +
  '(`tickcast learn --data FILE --keep FOLDER`), then the live station (`tickcast start --live --keep FOLDER`); ' +
  'for rows that come out of order by minutes there is `--lateness 30m`'

export interface TicksShown {
  readonly rejected_count: number
  readonly rejected_by_reason: Readonly<Record<string, number>>
  readonly advice?: string
  readonly rejected: readonly Rejected[]
  readonly masked_count?: number
  readonly masked?: readonly Rejected[]
  readonly ignored?: readonly string[]
}

/** What a reply says of rows that were handed on. */
export function ticksShown({ rejected, masked }: TakenRows, ignored: readonly string[] = []): TicksShown {
  const byReason: Record<string, number> = {}
  for (const { reason } of rejected) byReason[reason] = (byReason[reason] ?? 0) + 1
  return {
    rejected_count: rejected.length,
    rejected_by_reason: byReason,
    ...(rejected.some(isLateReading) && { advice: LATE_ADVICE }),
    rejected: rejected.slice(0, REJECTIONS_SHOWN),
    ...(masked.length > 0 && { masked_count: masked.length, masked: masked.slice(0, REJECTIONS_SHOWN) }),
    ...(ignored.length > 0 && { ignored }),
  }
}

/** A forecast from outside that is late is no history. */
function isLateReading({ field, reason }: Rejected): boolean {
  return reason === 'late' && !field.startsWith('outside.')
}

/** Why not one of the rows was taken; undefined where one was. A sender that had no reply sends the newest again: no fault. */
export function allRefused(shown: TicksShown, rows: number): string | undefined {
  const [first] = shown.rejected
  if (!first || shown.rejected_count < rows || shown.rejected_by_reason['duplicate'] !== undefined)
    return undefined
  const message = refusalText(first)
  return shown.advice === undefined ? message : `${message}. ${shown.advice}`
}

export function refusalText({ field, value, rule }: Pick<Rejected, 'field' | 'value' | 'rule'>): string {
  return `${field}: ${JSON.stringify(value)} breaks the rule: ${rule}`
}
