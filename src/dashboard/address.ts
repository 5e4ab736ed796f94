import type { ScoreWindow } from '../protocol/scores.ts'
import type { Painter } from './frame-loop.ts'
import { READ_LEADS } from './outlook.ts'
import type { ViewState } from './view-state.ts'

const WINDOWS: readonly ScoreWindow[] = ['1d', '7d', '30d', 'all']

/** What of the view stands in the page's address, so that a reload or a link shows the same. */
export type Addressed = Pick<ViewState, 'wanted' | 'chosenLead' | 'chosenWindow'>

/** What an address says; what it does not, or wrongly, stays as it is. */
export function viewOf(search: string, usual: Addressed): Addressed {
  const query = new URLSearchParams(search)
  const lead = READ_LEADS.find((each) => String(each) === query.get('lead'))
  const window = WINDOWS.find((each) => each === query.get('window'))
  return {
    wanted: query.get('station') ?? usual.wanted,
    chosenLead: lead ?? usual.chosenLead,
    chosenWindow: window ?? usual.chosenWindow,
  }
}

/** The query of a view; what is usual is left out, and so is the station where there is one alone. */
export function searchOf(
  { stations, station, chosenLead, chosenWindow }: ViewState,
  usual: { readonly chosenLead: number; readonly chosenWindow: ScoreWindow },
): string {
  const query = new URLSearchParams()
  if (station && stations.length > 1) query.set('station', station.id)
  if (chosenLead !== usual.chosenLead) query.set('lead', String(chosenLead))
  if (chosenWindow !== usual.chosenWindow) query.set('window', chosenWindow)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Keeps the page's own address up to date, in the place of the one before. */
export function addressBar(usual: Parameters<typeof searchOf>[1]): Painter<ViewState> {
  return {
    everyMs: 200,
    paint(state) {
      const search = searchOf(state, usual)
      // Until a station is known the address may name one that is still to come.
      if (state.station && search !== location.search)
        history.replaceState(null, '', `${location.pathname}${search}${location.hash}`)
    },
  }
}
