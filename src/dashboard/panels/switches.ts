import { element, part } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import { READ_LEADS } from '../outlook.ts'
import type { ViewEvent, ViewState } from '../view-state.ts'

const WINDOWS = [
  { value: '1d', label: '1 d' },
  { value: '7d', label: '7 d' },
  { value: '30d', label: '30 d' },
  { value: 'all', label: 'all' },
] as const

/** The two rows of radio buttons that choose window and lead. */
export function switches(root: ParentNode, dispatch: (event: ViewEvent) => void): Painter<ViewState> {
  const windows = WINDOWS.map(({ value, label }) =>
    option(part(root, '#window-switch', HTMLElement), { group: 'window', label }, () =>
      dispatch({ type: 'window_chosen', window: value }),
    ),
  )
  const leads = READ_LEADS.map((lead) =>
    option(part(root, '#lead-switch', HTMLElement), { group: 'lead', label: `+${lead} h` }, () =>
      dispatch({ type: 'lead_chosen', lead }),
    ),
  )
  return {
    everyMs: 0,
    paint(state) {
      WINDOWS.forEach(({ value }, index) => {
        check(windows[index], value === state.chosenWindow)
      })
      READ_LEADS.forEach((lead, index) => {
        check(leads[index], lead === state.chosenLead)
      })
    },
  }
}

function option(
  group: HTMLElement,
  { group: name, label }: { readonly group: string; readonly label: string },
  choose: () => void,
): HTMLInputElement {
  const input = element('input', { attributes: { type: 'radio', name } })
  const wrap = element('label')
  wrap.append(input, element('span', { text: label }))
  group.append(wrap)
  input.addEventListener('change', choose)
  return input
}

function check(input: HTMLInputElement | undefined, checked: boolean): void {
  if (input && input.checked !== checked) input.checked = checked
}
