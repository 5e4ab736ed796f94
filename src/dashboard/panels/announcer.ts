import { part, setText } from '../dom.ts'
import { decimal, stationClock, targetName, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { outlookLine } from '../outlook.ts'
import { provenance } from '../provenance.ts'
import type { ViewState } from '../view-state.ts'

/** A screen reader is told this often how things go on: a stream of figures would leave no room for anything else. */
const BETWEEN_SUMMARIES_MS = 60_000

/** One polite sentence on how things stand: at once when they turn, else now and then. */
export function announcer(root: ParentNode): Painter<ViewState> {
  const region = part(root, '#summary', HTMLElement)
  let turn = ''
  let saidAt = 0
  return {
    everyMs: 1_000,
    paint(state, now) {
      const current = turnOf(state)
      if (current === turn && now - saidAt < BETWEEN_SUMMARIES_MS) return
      turn = current
      saidAt = now
      setText(region, summary(state))
    },
  }
}

/** What a listener is told without delay: another station, a lost line, a tape that stops or runs, a refusal, the first forecast. */
function turnOf({ station, link, tape, refusal, latestRun }: ViewState): string {
  return [station?.id, link, tape?.paused, tape?.ended, refusal, latestRun !== undefined].join()
}

/** The page in a sentence. */
export function summary(state: ViewState): string {
  const { station, latest, latestRun, link, tape, refusal } = state
  if (link !== 'open') return 'Not connected.'
  if (!station || !latest) return 'Waiting for readings.'
  const clock = stationClock(station.time.utc_offset_minutes)
  const unit = unitName(station.unit)
  const line = latestRun && outlookLine(latestRun, 24)
  const outlook = line?.ninety
    ? ` In 24 hours ${decimal(line.mean, 1)} ${unit}, with 90 percent certainty between ${decimal(line.ninety.low, 1)} and ${decimal(line.ninety.high, 1)}.`
    : ' No forecast yet.'
  const { headline } = provenance(state)
  const said = refusal === undefined ? '' : `${refusal}. `
  const standing = tape?.ended ? ' The tape has ended.' : tape?.paused ? ' Paused.' : ''
  return `${said}${headline}.${standing} ${clock.stamp(latest.time)}: ${targetName(station.target)} ${decimal(latest.value, 1)} ${unit}.${outlook}`
}
