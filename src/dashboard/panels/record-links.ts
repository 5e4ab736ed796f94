import { formatInstant } from '../../domain/instant.ts'
import { part, setAttribute, setHidden } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import { MOMENT_EVERY_MS, momentOf } from '../moment.ts'
import type { ViewState } from '../view-state.ts'

/**
 * The way to pages of their own: why the forecast that is shown is what it is, and who was better at the chosen lead. A
 * server with a token would want it in their address, where logs and histories keep it: there they are left out.
 */
export function recordLinks(root: ParentNode, hasToken: boolean): Painter<ViewState> {
  const why = part(root, '#why', HTMLAnchorElement)
  const arena = part(root, '#arena', HTMLAnchorElement)
  return {
    everyMs: MOMENT_EVERY_MS,
    paint(state) {
      const { run } = momentOf(state)
      const { station } = state
      setHidden(why, hasToken || !station || !run)
      // Of a tape `tickcast arena` tells, over all of it.
      setHidden(arena, hasToken || !station || !run || station.tape !== undefined)
      if (!station) return
      const issued = run ? `${station.id}/${formatInstant(run.issuedAt)}` : ''
      setAttribute(why, 'href', `explain?${new URLSearchParams({ id: issued })}`)
      const of = { station: station.id, lead: String(state.chosenLead) }
      setAttribute(arena, 'href', `arena?${new URLSearchParams(of)}`)
    },
  }
}
