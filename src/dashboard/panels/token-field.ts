import { part, setHidden } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import { TOKEN_REASON } from '../server-connection.ts'
import type { ViewState } from '../view-state.ts'

/** Where the server wants another token: a field for it. It goes behind the hash, which is sent to no server. */
export function tokenField(root: ParentNode): Painter<ViewState> {
  const form = part(root, '#token-form', HTMLFormElement)
  const field = part(form, 'input', HTMLInputElement)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    // The page is loaded anew when the hash has changed.
    location.hash = `token=${encodeURIComponent(field.value)}`
  })
  return {
    everyMs: 0,
    paint({ link, linkReason }) {
      setHidden(form, link !== 'closed' || linkReason !== TOKEN_REASON)
    },
  }
}
