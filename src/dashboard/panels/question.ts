import { part, setText } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import type { Question } from '../tape-actions.ts'
import { questionWords } from '../tape-words.ts'
import type { ViewState } from '../view-state.ts'

export interface QuestionDialog extends Painter<ViewState> {
  isOpen(): boolean
}

/** Asks whether a command is meant that forgets. Whatever closes it but the one button says no. */
export function questionDialog(
  root: ParentNode,
  answer: (question: Question, yes: boolean) => void,
): QuestionDialog {
  const dialog = part(root, '#question', HTMLDialogElement)
  const title = part(dialog, '#question-title', HTMLElement)
  const text = part(dialog, '#question-text', HTMLElement)
  const no = part(dialog, '#question-no', HTMLButtonElement)
  const yes = part(dialog, '#question-yes', HTMLButtonElement)
  let asked: Question | undefined

  const settle = (isYes: boolean) => {
    const question = asked
    if (!question) return
    asked = undefined
    dialog.close()
    answer(question, isYes)
  }
  no.addEventListener('click', () => settle(false))
  yes.addEventListener('click', () => settle(true))
  // Escape. The event comes a moment later, when another question may be open already.
  dialog.addEventListener('close', () => {
    if (!dialog.open) settle(false)
  })

  return {
    everyMs: 0,
    isOpen: () => dialog.open,
    paint(state) {
      const { question } = state
      if (question === asked) return
      asked = question
      if (!question) {
        dialog.close()
        return
      }
      const words = questionWords(question, state)
      setText(title, words.title)
      setText(text, words.text)
      setText(yes, words.yes)
      if (!dialog.open) dialog.showModal()
      no.focus()
    },
  }
}
