import { parseDateOrInstant } from '../../domain/instant.ts'
import type { Speed } from '../../protocol/provenance.ts'
import type { TapeCommand } from '../../protocol/tape.ts'
import { element, part, setHidden, setText, setTitle } from '../dom.ts'
import { stationClock, UNKNOWN } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { MOMENT_EVERY_MS, momentOf } from '../moment.ts'
import {
  ANEW_QUESTION,
  commandOf,
  livedUpTo,
  type Question,
  seekTo,
  type TapeAction,
  tapeSpan,
} from '../tape-actions.ts'
import { catchingUpText, tapeNote, tapeWords } from '../tape-words.ts'
import type { ViewState } from '../view-state.ts'
import { scrubber } from './scrubber.ts'

const SPEEDS: readonly Speed[] = [1, 10, 60, 600, 3600, 36_000, 'max']

export interface TapePanel extends Painter<ViewState> {
  /** Does what a key or a button asks for, as the tape stands. */
  act(action: TapeAction): void
  /** Where it stands, which is shown as often as all that is of the moment. */
  readonly place: Painter<ViewState>
}

export interface TapePanelOptions {
  readonly send: (command: TapeCommand) => void
  /** Has a person asked; what is asked is sent from there. */
  readonly ask: (question: Question) => void
}

/** The tape deck: absent where there is no tape, its place kept until that is known. */
export function tapePanel(root: ParentNode, { send, ask }: TapePanelOptions): TapePanel {
  const panel = part(root, '#tape-panel', HTMLElement)
  const play = part(panel, '#play', HTMLButtonElement)
  const step = part(panel, '#step', HTMLButtonElement)
  const speed = part(panel, '#speed', HTMLSelectElement)
  const loop = part(panel, '#loop', HTMLInputElement)
  const loopLabel = part(panel, '#loop-label', HTMLElement)
  const anew = part(panel, '#anew', HTMLButtonElement)
  const helpTape = part(root, '#help-tape', HTMLElement)
  const helpDayBack = part(root, '#help-day-back', HTMLElement)
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
  anew.addEventListener('click', () => ask(ANEW_QUESTION))
  goTo.addEventListener('submit', (event) => {
    event.preventDefault()
    const midnight = parseDateOrInstant(date.value)
    const offsetMs = (shown?.station?.time.utc_offset_minutes ?? 0) * 60_000
    if (midnight !== undefined && shown?.tape) send(seekTo(midnight - offsetMs, shown.tape))
  })

  const place: Painter<ViewState> = {
    everyMs: MOMENT_EVERY_MS,
    paint(state) {
      const { tape, station } = state
      if (!tape) return
      const clock = stationClock(station?.time.utc_offset_minutes ?? 0)
      const span = tapeSpan(tape)
      const at = livedUpTo(tape, state.past ? undefined : momentOf(state).at)
      const catchingUp = catchingUpText(tape, station)
      if (span) {
        scrub.show(span, {
          clock,
          at: at ?? (catchingUp ? undefined : span.first),
          catchingUp,
          title: tapeWords(tape).seek,
        })
        date.min = new Date(span.first).toISOString().slice(0, 10)
        if (span.lastKnown) date.max = new Date(span.last).toISOString().slice(0, 10)
      }
      const stamp = at !== undefined ? clock.stamp(at) : catchingUp ? UNKNOWN : 'not begun'
      setText(position, scrub.held() ?? stamp)
    },
  }

  return {
    everyMs: 0,
    act,
    place,
    paint(state) {
      shown = state
      const { tape } = state
      setHidden(panel, tape === undefined && state.station?.source === 'live')
      panel.toggleAttribute('data-waiting', tape === undefined)
      if (!tape) return
      const { replay, loop: loopWords, help, dayBack } = tapeWords(tape)
      const stands = tape.paused || tape.ended
      play.dataset['shows'] = stands ? 'play' : 'pause'
      const action = tape.ended ? 'Play from the start' : stands ? 'Play' : 'Pause'
      play.setAttribute('aria-label', action)
      setTitle(play, `${tape.ended ? replay : action} (space)`)
      setTitle(loopLabel, loopWords)
      setText(helpTape, help)
      setText(helpDayBack, dayBack)
      if (tape !== asked) {
        choose(speed, tape.speed)
        if (loop.checked !== tape.loop) loop.checked = tape.loop
      }
      const words = state.commandError ?? tapeNote(tape, state.station)
      setText(note, words)
      setTitle(note, words)
    },
  }
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
