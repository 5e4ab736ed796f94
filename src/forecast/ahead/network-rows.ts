import { LEADS } from '../../domain/forecast.ts'
import { type HourTable, PAST_HOURS, rowStart, TABLE_HOURS } from './hour-table.ts'
import type { CurveSeen, LeadsSeen, LeadView } from './lead-view.ts'

/** Hours from a lead at which a network sees what is said beside what it sees of the lead itself. */
const BESIDE = [-6, -3, 3, 6] as const
/** In deviations: a network is led astray by what it has seldom seen. */
const FURTHEST = 4
/** Columns that tell which lead a row is of. */
const OF_LEAD = 2
/** Hours in which what is off now is off by 1/e of that. */
const ERROR_LASTS = 6

export function networkColumns({ columns, quantities }: Pick<LeadView, 'columns' | 'quantities'>): number {
  return columns - 1 + OF_LEAD + BESIDE.length * quantities
}

/**
 * A row for each lead, of one meaning at all of them, so that one network learns from all: what least squares sees but its
 * 1, which lead it is, and how each quantity changes round it. Shape [lead 24][column].
 */
export function networkRows({ table, rows }: LeadsSeen): readonly Float32Array[] {
  return rows.map((row, lead) => {
    const into = new Float32Array(networkColumns({ columns: row.length, quantities: table.quantities }))
    into.set(row.subarray(1))
    let place = row.length - 1
    into[place++] = (lead - (LEADS - 1) / 2) / 7
    into[place++] = 2 * Math.exp(-lead / 3)
    for (let quantity = 0; quantity < table.quantities; quantity++)
      for (const hours of BESIDE) into[place++] = changeOf(table, { quantity, lead, hours })
    for (let column = 0; column < into.length; column++)
      into[column] = Math.min(FURTHEST, Math.max(-FURTHEST, into[column]!))
    return into
  })
}

/** The last hour stands for those behind it. */
function changeOf(
  table: HourTable,
  { quantity, lead, hours }: { readonly quantity: number; readonly lead: number; readonly hours: number },
): number {
  const at = PAST_HOURS + 1 + lead
  const beside = Math.min(TABLE_HOURS - 1, at + hours)
  return table.cells[rowStart(table, beside) + quantity]! - table.cells[rowStart(table, at) + quantity]!
}

/** What a network learns to be better than: the curve, and as long as it lasts how far it is off now. In deviations. */
export function baseOf({ response, error }: CurveSeen, lead: number): number {
  return response[PAST_HOURS + 1 + lead]! + error * Math.exp(-(lead + 1) / ERROR_LASTS)
}
