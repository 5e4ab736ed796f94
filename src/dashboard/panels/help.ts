import { part } from '../dom.ts'

/** What the keys do and what the picture means. */
export function helpDialog(root: ParentNode): { toggle(): void } {
  const dialog = part(root, '#help', HTMLDialogElement)
  const open = part(root, '#help-open', HTMLButtonElement)
  const close = part(dialog, '#help-close', HTMLButtonElement)
  const toggle = () => {
    if (dialog.open) dialog.close()
    else dialog.showModal()
  }
  open.addEventListener('click', toggle)
  close.addEventListener('click', () => dialog.close())
  // A click beside the box closes it, as everyone expects.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })
  return { toggle }
}
