import type { Instant } from '../src/domain/instant.ts'
import type { RawRow } from '../src/ingest/raw-row.ts'
import { ofWhat, refuseOther } from './lived.ts'
import { type ReplayControllerState, standBehind } from './replay-controller-state.ts'

/* How a tape gets on, a row at a time, through what was lived and beyond it. */

/** Whether a row at this time of the tape is lived again on the way to where it is to stand: at once, paused or not. */
export function isCatchingUp({ catchUp, rows }: ReplayControllerState, at: Instant): boolean {
  return at < catchUp.to || rows < catchUp.rows
}

/** Where what is lived again ends: at the time that was sought, or ahead of the jump to there. */
export function leadsTo({ catchUp: { to }, lived }: ReplayControllerState): Instant {
  const ends = lived.flatMap(({ from, until }) =>
    until !== null && (from === null || from <= to) ? until : [],
  )
  return Math.min(to, Math.max(...ends, Number.NEGATIVE_INFINITY))
}

/**
 * At the end of a stretch, on the way to a time that was sought, it goes on where a jump had led, or is to lead now: true
 * where it did. `first`: the tape's first time.
 */
export function jumpsOn(state: ReplayControllerState, at: Instant, first: Instant): boolean {
  const { lived, stretch, rowsOfStretch, catchUp } = state
  const next = lived[stretch + 1]
  if (!next || rowsOfStretch < lived[stretch]!.rows || !isCatchingUp(state, at)) return false
  if ((next.from ?? first) > catchUp.to && state.rows >= catchUp.rows) return false
  state.stretch++
  state.rowsOfStretch = 0
  state.moves++
  return true
}

/**
 * Counts a row that is played now. `forks`: it was played on where it had jumped before, so that what was lived behind
 * the jump is of another past.
 */
export function takeRow(
  state: ReplayControllerState,
  at: Instant,
  { row, name }: { readonly row: RawRow; readonly name: string },
): { readonly number: number; readonly forks: boolean } {
  const stretch = state.lived[state.stretch]!
  state.rows++
  state.rowsOfStretch++
  refuseOther(stretch, { count: state.rowsOfStretch, row, name })
  if (state.rowsOfStretch <= stretch.rows) return { number: state.rows, forks: false }
  const forks = state.lived.length > state.stretch + 1
  state.lived.length = state.stretch + 1
  stretch.rows = state.rowsOfStretch
  stretch.until = at
  stretch.last = ofWhat(row)
  return { number: state.rows, forks }
}

/** The models stand behind another row than was asked for: what lies between is lived again. */
export function standWith(state: ReplayControllerState, row: number): void {
  const { to, rows } = state.catchUp
  state.catchUp = {
    to: Math.max(to, state.played ?? Number.NEGATIVE_INFINITY),
    rows: Math.max(rows, state.rows),
  }
  standBehind(state, row)
  state.moves++
}
