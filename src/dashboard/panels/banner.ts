import { part, setKind, setText } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import { freshness } from '../freshness.ts'
import { provenance } from '../provenance.ts'
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
      setKind(strip, origin.kind)
      setText(headline, origin.headline)
      setText(detail, origin.detail)
      const fresh = freshness(state, wallNow())
      setKind(link, fresh.kind)
      setText(linkText, fresh.text)
    },
  }
}
