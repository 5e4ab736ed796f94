import { part, setText } from '../dom.ts'
import { decimal, stationClock, targetName, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { areTried } from '../interval-coverage.ts'
import { momentOf } from '../moment.ts'
import { outlookLine } from '../outlook.ts'
import { provenance } from '../provenance.ts'
import { catchingUpText } from '../tape-words.ts'
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

/** What is announced without delay when it changes: station, connection, whether the tape runs or is lived again, a command that failed, the first forecast. */
function urgentStateOf(state: ViewState): string {
  const { station, link, tape, commandError } = state
  return [
    station?.id,
    link,
    tape?.paused,
    tape?.ended,
    tape?.catching_up_to,
    commandError,
    momentOf(state).run !== undefined,
  ].join()
}

/** The page in a sentence. */
export function summary(state: ViewState): string {
  const { station, link, commandError } = state
  const { reading, run } = momentOf(state)
  if (link !== 'open') return 'Not connected.'
  if (!station || !reading) return 'Waiting for readings.'
  const clock = stationClock(station.time.utc_offset_minutes)
  const unit = unitName(station.unit)
  const line = run && outlookLine(run, 24)
  const outlook = line?.ninety
    ? ` In 24 hours ${decimal(line.mean, 1)} ${unit}, ${areTried(state) ? 'with 90 percent certainty' : 'by an untried interval'} between ${decimal(line.ninety.low, 1)} and ${decimal(line.ninety.high, 1)}.`
    : ' No forecast yet.'
  const { kind, headline } = provenance(state)
  const origin = kind === 'replay' ? `${headline} of ${station.title || station.id}` : headline
  const prefix = commandError === undefined ? '' : `${commandError}. `
  return `${prefix}${origin}.${motionText(state)} ${clock.stamp(reading.time)}: ${targetName(station.target)} ${decimal(reading.value, 1)} ${unit}.${outlook}`
}

function motionText({ tape, station }: ViewState): string {
  const catchingUp = catchingUpText(tape, station)
  if (catchingUp) return ` The tape is ${catchingUp}.`
  if (tape?.ended) return ' The tape has ended.'
  return tape?.paused ? ' Paused.' : ''
}
