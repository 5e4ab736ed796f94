import { DAY, type Instant } from '../../domain/instant.ts'
import { part, setText, setTitle } from '../dom.ts'
import type { StationClock } from '../format.ts'
import type { TapeSpan } from '../tape-actions.ts'

export interface ScrubberView {
  readonly clock: StationClock
  /** Where the thumb is put; undefined leaves it where it is. */
  readonly at: Instant | undefined
  /** On the way to the span's position. */
  readonly catchingUp: string | undefined
  readonly title: string
}

export interface Scrubber {
  show(span: TapeSpan, view: ScrubberView): void
  /** The time under the thumb while it is dragged, as text; undefined while it follows the tape. */
  held(): string | undefined
}

/** A slider over the whole file. The tape moves it, except while a hand does. */
export function scrubber(root: ParentNode, seek: (instant: Instant) => void): Scrubber {
  const slider = part(root, '#scrubber', HTMLInputElement)
  const first = part(root, '#tape-first', HTMLElement)
  const last = part(root, '#tape-last', HTMLElement)
  let dragging = false
  /** Where the tape is on its way to: further days are counted from there. */
  let target: Instant | undefined
  let format: ((instant: Instant) => string) | undefined

  slider.addEventListener('input', () => {
    dragging = true
  })
  slider.addEventListener('change', () => {
    dragging = false
    seek(Number(slider.value))
  })
  slider.addEventListener('blur', () => {
    dragging = false
  })
  // A day a key: over a file of years the browser's own step would be a month or a minute.
  slider.addEventListener('keydown', (event) => {
    const back = event.key === 'ArrowLeft' || event.key === 'ArrowDown'
    const forward = event.key === 'ArrowRight' || event.key === 'ArrowUp'
    if (!back && !forward) return
    event.preventDefault()
    seek((target ?? Number(slider.value)) + (back ? -DAY : DAY))
  })

  return {
    held: () => (dragging ? format?.(Number(slider.value)) : undefined),
    show(span, { clock, at, catchingUp, title }) {
      format = (instant) => clock.stamp(instant)
      target = catchingUp === undefined ? undefined : span.position
      const [min, max] = [String(span.first), String(Math.max(span.last, span.first + 1))]
      if (slider.min !== min) slider.min = min
      if (slider.max !== max) slider.max = max
      setTitle(slider, title)
      setText(first, clock.date(span.first))
      setText(last, span.lastKnown ? clock.date(span.last) : 'end not known yet')
      if (dragging || at === undefined) return
      const position = Math.min(Math.max(at, span.first), span.last)
      const value = String(position)
      if (slider.value !== value) slider.value = value
      const text = clock.stamp(position)
      slider.setAttribute('aria-valuetext', catchingUp === undefined ? text : `${text}, ${catchingUp}`)
    },
  }
}
