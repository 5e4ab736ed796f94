import { part, setText } from '../dom.ts'
import { decimal, stationClock, targetName, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { outlookLine } from '../outlook.ts'
import { provenance } from '../provenance.ts'
import type { ViewState } from '../view-state.ts'

/** How often a screen reader is given a summary; more would leave no room for anything else. */
const BETWEEN_SUMMARIES_MS = 60_000

/** One polite sentence on the present state: at once when something urgent changes, else now and then. */
export function announcer(root: ParentNode): Painter<ViewState> {
  const region = part(root, '#summary', HTMLElement)
  let urgentState = ''
  let announcedAt = 0
  return {
    everyMs: 1_000,
    paint(state, now) {
      const current = urgentStateOf(state)
      if (current === urgentState && now - announcedAt < BETWEEN_SUMMARIES_MS) return
      urgentState = current
      announcedAt = now
      setText(region, summary(state))
    },
  }
}

/** What is announced without delay when it changes: station, connection, whether the tape runs, a command that failed, the first forecast. */
function urgentStateOf({ station, link, tape, commandError, latestRun }: ViewState): string {
  return [station?.id, link, tape?.paused, tape?.ended, commandError, latestRun !== undefined].join()
}

/** The page in a sentence. */
export function summary(state: ViewState): string {
  const { station, latest, latestRun, link, tape, commandError } = state
  if (link !== 'open') return 'Not connected.'
  if (!station || !latest) return 'Waiting for readings.'
  const clock = stationClock(station.time.utc_offset_minutes)
  const unit = unitName(station.unit)
  const line = latestRun && outlookLine(latestRun, 24)
  const outlook = line?.ninety
    ? ` In 24 hours ${decimal(line.mean, 1)} ${unit}, with 90 percent certainty between ${decimal(line.ninety.low, 1)} and ${decimal(line.ninety.high, 1)}.`
    : ' No forecast yet.'
  const { headline } = provenance(state)
  const prefix = commandError === undefined ? '' : `${commandError}. `
  const motion = tape?.ended ? ' The tape has ended.' : tape?.paused ? ' Paused.' : ''
  return `${prefix}${headline}.${motion} ${clock.stamp(latest.time)}: ${targetName(station.target)} ${decimal(latest.value, 1)} ${unit}.${outlook}`
}
