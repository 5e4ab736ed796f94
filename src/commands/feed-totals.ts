import type { TicksReply } from '../client/http.ts'
import { badFile, shown } from '../ingest/bad-file.ts'
import { INPUT } from './input-ahead.ts'

type Refusal = Omit<TicksReply['rejected'][number], 'index'>

/** Refused rows that are told one by one; of all of them the summary tells how many there were, and why. */
const MOST_TOLD = 20
/** What is refused in a row past this is of another station. */
const MOST_REFUSED = 100_000

/** What has become of the rows of a feed, and what a person was told of it. */
export interface FeedTotals {
  accepted: number
  refused: number
  masked: number
  refusedInRow: number
  told: number
  readonly reasons: Record<string, number>
  /** The first of each kind, as it is told. */
  readonly firsts: Map<string, string>
  readonly notes: Set<string>
}

export function emptyTotals(): FeedTotals {
  return {
    accepted: 0,
    refused: 0,
    masked: 0,
    refusedInRow: 0,
    told: 0,
    reasons: {},
    firsts: new Map(),
    notes: new Set(),
  }
}

export function tell(text: string): void {
  process.stderr.write(`tickcast: ${text}\n`)
}

/** Tells a sentence once. */
export function tellNote(totals: FeedTotals, note: string): void {
  if (totals.notes.has(note)) return
  totals.notes.add(note)
  tell(note)
}

/** Tells a row that is refused: each of the first ones, and later the first of a kind that is new. */
export function tellRefused(totals: FeedTotals, place: string, refusal: Refusal): void {
  const { field, value, rule, reason = 'malformed' } = refusal
  const kind = `${reason} ${field}`
  const text = `${place}: ${field} ${JSON.stringify(value)} breaks the rule: ${rule}`
  const isNew = !totals.firsts.has(kind)
  if (isNew) totals.firsts.set(kind, text)
  if (totals.told < MOST_TOLD || isNew) tell(text)
  if (++totals.told === MOST_TOLD + 1)
    tell('further rows that are refused are counted, and only the first of each other kind is told')
}

export function tellMasked(totals: FeedTotals, place: string, { field, value, rule }: Refusal): void {
  const kind = `masked ${field}`
  if (totals.firsts.has(kind)) return
  totals.firsts.set(kind, '')
  tell(
    `${place}: ${field} ${JSON.stringify(value)} breaks the rule: ${rule}; the cell is masked, and the row is taken`,
  )
}

export function countReasons(totals: FeedTotals, reasons: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(reasons))
    totals.reasons[reason] = (totals.reasons[reason] ?? 0) + count
}

/** A TickcastError once so many rows in a row were refused that this can be no feed of the station. */
export function checkRefused(
  { refusedInRow }: FeedTotals,
  place: string,
  refusal: Refusal | undefined,
): void {
  if (refusedInRow <= MOST_REFUSED || !refusal) return
  throw badFile(
    place,
    `none of the last ${refusedInRow} was taken: ${refusal.field} is ${shown(JSON.stringify(refusal.value))}; expected ${refusal.rule}`,
  )
}

export function totalsText({ accepted, refused, masked, reasons }: FeedTotals): string {
  const why = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  const whyText = why.length > 0 ? ` (${why.join(', ')})` : ''
  return `${accepted} ${accepted === 1 ? 'tick' : 'ticks'} taken, ${refused} refused${whyText}${masked > 0 ? `, ${masked} cells masked` : ''}`
}

/** A TickcastError where not one row was taken, though some came that nobody had sent before. */
export function checkTaken(totals: FeedTotals, station: string): void {
  const { accepted, refused, reasons, firsts } = totals
  if (accepted > 0 || refused === (reasons['duplicate'] ?? 0)) return
  const [first] = [...firsts.values()].filter((text) => text !== '')
  throw badFile(
    INPUT,
    `none of ${refused} rows was taken by station '${station}'${first ? `; the first: ${first}` : ''}`,
  )
}
