import { parseInstant } from '../../domain/instant.ts'
import type { Speed, TapeCommand } from '../../protocol/messages.ts'
import { element, part, setHidden, setText } from '../dom.ts'
import { count, speedName, stationClock } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { commandOf, seekTo, type TapeAction, tapeSpan } from '../tape-actions.ts'
import type { ViewState } from '../view-state.ts'
import { scrubber } from './scrubber.ts'

const SPEEDS: readonly Speed[] = [1, 10, 60, 600, 3600, 36_000, 'max']

export interface TapePanel extends Painter<ViewState> {
  /** Does what a key or a button asks for, as the tape stands. */
  act(action: TapeAction): void
}

/** The tape deck: absent where there is no tape, its place kept until that is known. */
export function tapePanel(root: ParentNode, send: (command: TapeCommand) => void): TapePanel {
  const panel = part(root, '#tape-panel', HTMLElement)
  const play = part(panel, '#play', HTMLButtonElement)
  const step = part(panel, '#step', HTMLButtonElement)
  const speed = part(panel, '#speed', HTMLSelectElement)
  const loop = part(panel, '#loop', HTMLInputElement)
  const goTo = part(panel, '#go-to', HTMLFormElement)
  const date = part(goTo, 'input', HTMLInputElement)
  const position = part(panel, '#position', HTMLElement)
  const note = part(panel, '#tape-note', HTMLElement)
  const scrub = scrubber(panel, (instant) => {
    if (shown?.tape) send(seekTo(instant, shown.tape))
  })
  let shown: ViewState | undefined
  /** State of the tape when a setting was last changed here: until a newer one comes, the setting stays as chosen. */
  let asked: ViewState['tape']

  for (const value of SPEEDS) speed.append(speedOption(value))
  const act = (action: TapeAction) => {
    const command = shown?.tape && commandOf(action, shown.tape)
    if (command) send(command)
  }
  play.addEventListener('click', () => act('toggle'))
  step.addEventListener('click', () => act('step'))
  speed.addEventListener('change', () => {
    asked = shown?.tape
    send({ speed: speedOf(speed.value) })
  })
  loop.addEventListener('change', () => {
    asked = shown?.tape
    send({ loop: loop.checked })
  })
  goTo.addEventListener('submit', (event) => {
    event.preventDefault()
    const midnight = parseInstant(date.value)
    const offsetMs = (shown?.station?.time.utc_offset_minutes ?? 0) * 60_000
    if (midnight !== undefined && shown?.tape) send(seekTo(midnight - offsetMs, shown.tape))
  })

  return {
    everyMs: 0,
    act,
    paint(state) {
      shown = state
      const { tape } = state
      setHidden(panel, tape === undefined && state.station?.source === 'live')
      panel.toggleAttribute('data-waiting', tape === undefined)
      if (!tape) return
      const clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      const span = tapeSpan(tape)
      // The newest reading tells the position between two answers of the tape, if it is of the same session.
      const heard = tape.session === state.session ? (state.latest?.time ?? 0) : 0
      const at = Math.max(tape.position === null ? 0 : Date.parse(tape.position), heard)
      const stands = tape.paused || tape.ended
      play.dataset['shows'] = stands ? 'play' : 'pause'
      const action = tape.ended ? 'Play from the start' : stands ? 'Play' : 'Pause'
      play.setAttribute('aria-label', action)
      play.title = `${action} (space)`
      if (tape !== asked) {
        choose(speed, tape.speed)
        if (loop.checked !== tape.loop) loop.checked = tape.loop
      }
      if (span) {
        scrub.show({ ...span, position: Math.min(Math.max(at, span.first), span.last) }, clock)
        date.min = new Date(span.first).toISOString().slice(0, 10)
        if (span.lastKnown) date.max = new Date(span.last).toISOString().slice(0, 10)
      }
      setText(position, scrub.held() ?? (at > 0 ? clock.stamp(at) : 'not begun'))
      setText(note, state.commandError ?? tapeNote(state))
    },
  }
}

function tapeNote({ tape }: ViewState): string {
  if (!tape) return ''
  if (tape.ended) return `The tape has ended after ${count(tape.rows)} rows.`
  if (tape.paused && tape.paused_because) return tape.paused_because
  return `${count(tape.rows)} rows played ${tape.paused ? '· paused' : `· ${speedName(tape.speed)}`}`
}

function speedOf(value: string): Speed {
  return value === 'max' ? 'max' : Number(value)
}

function speedOption(speed: Speed): HTMLOptionElement {
  const text = speed === 'max' ? 'max' : `${speed}x`
  return element('option', { text, attributes: { value: String(speed) } })
}

/** A speed that was set elsewhere joins the list. */
function choose(select: HTMLSelectElement, speed: Speed): void {
  const value = String(speed)
  if (select.value === value) return
  if (![...select.options].some((option) => option.value === value)) select.append(speedOption(speed))
  select.value = value
}
