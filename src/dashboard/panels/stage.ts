import { part } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import { momentOf } from '../moment.ts'
import { TOKEN_REASON } from '../server-connection.ts'
import type { ViewState } from '../view-state.ts'

/** An empty page is better than none after that. */
const PATIENCE_MS = 1_000

/** Shows the panels once it is known what is in them, so that none has to make room for another, and dims what is of a session before. */
export function stage(root: ParentNode, openedAt: number): Painter<ViewState> {
  const main = part(root, 'main', HTMLElement)
  return {
    everyMs: 0,
    paint(state, now) {
      const { station, link, linkReason, past, observed } = state
      main.toggleAttribute('data-past', past !== undefined)
      const known = momentOf(state).run !== undefined
      const given = link === 'closed' || link === 'reconnecting' || now - openedAt > PATIENCE_MS
      if (known || given) main.removeAttribute('data-waiting')
      // Without the token there is but the field for it.
      main.toggleAttribute('data-locked', !station && link === 'closed' && linkReason === TOKEN_REASON)
      // A tape that stands behind a seek has nothing either, but for a moment.
      main.toggleAttribute('data-empty', station?.source === 'live' && observed.length === 0)
    },
  }
}
