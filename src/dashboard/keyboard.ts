import type { TapeAction } from './tape-actions.ts'

export interface Keystroke {
  readonly key: string
  readonly shift: boolean
  /** With Control, Alt or Meta a key belongs to the browser. */
  readonly modified: boolean
  /** What has the focus, where that has a use of its own for keys: a button for space, a slider for arrows too. */
  readonly focus: 'page' | 'button' | 'field'
}

export type KeyAction = TapeAction | 'help'

/** What a key means on this page; undefined where it is left to the browser. */
export function keyAction({ key, shift, modified, focus }: Keystroke): KeyAction | undefined {
  if (modified) return undefined
  if (key === '?') return 'help'
  if (focus === 'field') return undefined
  if (key === ' ') return focus === 'button' ? undefined : 'toggle'
  if (key === 'ArrowRight') return shift ? 'day_forward' : 'step'
  if (key === 'ArrowLeft' && shift) return 'day_back'
  return undefined
}

const BUTTONS = 'button, a, summary'
const FIELDS = 'input, select, textarea, dialog, [role="slider"]'

function focusOf(target: EventTarget | null): Keystroke['focus'] {
  // An open dialog has the keys, also where a click beside its controls has taken the focus from them.
  if (document.querySelector('dialog[open]')) return 'field'
  if (!(target instanceof Element)) return 'page'
  if (target.closest(FIELDS)) return 'field'
  return target.closest(BUTTONS) ? 'button' : 'page'
}

/** Listens for keys on the whole page. */
export function listenToKeys(act: (action: KeyAction) => void): void {
  document.addEventListener('keydown', (event) => {
    const action = keyAction({
      key: event.key,
      shift: event.shiftKey,
      modified: event.ctrlKey || event.altKey || event.metaKey,
      focus: focusOf(event.target),
    })
    if (!action) return
    event.preventDefault()
    act(action)
  })
}
