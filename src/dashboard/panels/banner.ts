import { part, setKind, setText } from '../dom.ts'
import { stationClock } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { freshness } from '../freshness.ts'
import { provenance } from '../provenance.ts'
import { faultName, faultText } from '../sensor-words.ts'
import type { ViewState } from '../view-state.ts'

/** Where the figures come from, and whether they still come. */
export function banner(root: ParentNode, wallNow: () => number): Painter<ViewState> {
  const strip = part(root, '#provenance', HTMLElement)
  const headline = part(strip, 'strong', HTMLElement)
  const detail = part(strip, '.detail', HTMLElement)
  const link = part(root, '#link', HTMLElement)
  const linkText = part(link, '.words', HTMLElement)
  return {
    everyMs: 200,
    paint(state) {
      const origin = provenance(state)
      const fresh = freshness(state, wallNow())
      // What has gone silent is not shown as one that is well.
      const silent = origin.kind === 'live' && fresh.kind === 'stale'
      const clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      const fault = origin.kind === 'live' ? faultText(state.status, clock) : undefined
      const unwell = silent || fault !== undefined
      setKind(strip, unwell ? 'unknown' : origin.kind)
      setText(headline, silent ? 'Live, but silent' : unwell ? 'Live, but not measured' : origin.headline)
      // With its blank within: one between the two would come to be on its own, where it is seen to move.
      // Of a tape, in a strip that keeps its height at any speed, a fault has but its name.
      const details = fault ?? [origin.detail, faultName(state.status)].filter(Boolean).join('; ')
      setText(detail, details && ` ${details}`)
      setKind(link, fresh.kind)
      setText(linkText, fresh.text)
    },
  }
}
