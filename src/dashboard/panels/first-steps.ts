import { part, setHidden, setText } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import type { ViewState } from '../view-state.ts'

/** Until a live station has its first reading: how to send one, in commands that fit it. */
export function firstSteps(
  root: ParentNode,
  { url, token, wallNow }: { readonly url: string; readonly token: boolean; readonly wallNow: () => number },
): Painter<ViewState> {
  const box = part(root, '#first-steps', HTMLElement)
  const curl = part(box, '#first-curl', HTMLElement)
  const feed = part(box, '#first-feed', HTMLElement)
  return {
    everyMs: 1_000,
    paint({ station, latest, link }) {
      const empty = link === 'open' && station?.source === 'live' && latest === undefined
      setHidden(box, !empty)
      if (!empty) return
      const server = url.replace(/\/$/, '')
      const minute = new Date(Math.floor(wallNow() / 60_000) * 60_000).toISOString().replace('.000Z', 'Z')
      const tick = JSON.stringify({ event_time: minute, values: { [station.target]: 0 } })
      const auth = token ? ` -H "authorization: Bearer $TICKCAST_TOKEN"` : ''
      setText(
        curl,
        `curl${auth} -H 'content-type: application/json' ${server}/v1/stations/${station.id}/ticks -d '${tick.replaceAll("'", "'\\''")}'`,
      )
      setText(feed, `npx tickcast feed --station ${station.id} --url ${server} < ticks.ndjson`)
    },
  }
}
