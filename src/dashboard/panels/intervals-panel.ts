import { differenceUnit } from '../../domain/unit.ts'
import { element, part, setHidden, setKind, setText } from '../dom.ts'
import { decimal, UNKNOWN } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { calibrationText, type HeldInterval, heldIntervals, NOMINAL, percent } from '../interval-coverage.ts'
import type { ViewState } from '../view-state.ts'
import { WINDOW_WORDS } from './readouts.ts'

/** Coverage of the intervals beside what they promise, and whether they are calibrated. */
export function intervalsPanel(root: ParentNode): Painter<ViewState> {
  const table = part(root, '#intervals', HTMLTableElement)
  const title = part(table, '#intervals-title', HTMLElement)
  const heldTitle = part(table, '#held th', HTMLElement)
  const widthTitle = part(table, '#widths th', HTMLElement)
  const flag = part(root, '#calibration', HTMLElement)
  const cellsOf = (selector: string) => {
    const row = part(table, selector, HTMLTableRowElement)
    return NOMINAL.map(() => {
      const cell = element('td', { className: 'figure', text: UNKNOWN })
      row.append(cell)
      return cell
    })
  }
  const held = cellsOf('#held')
  const widths = cellsOf('#widths')
  return {
    everyMs: 200,
    paint({ score, status, chosenLead: lead, chosenWindow: window }) {
      setHidden(table, score === undefined)
      const { kind, text } = calibrationText(score && status?.calibration)
      setKind(flag, kind)
      setText(flag, text)
      if (!score) return
      setText(title, `Intervals at +${lead} h`)
      setText(heldTitle, `held, ${WINDOW_WORDS[window]}`)
      setText(widthTitle, `mean width, ${differenceUnit(score.unit)}`)
      const paintCell = ({ held: share, width }: HeldInterval, index: number) => {
        setText(held[index]!, percent(share, 1))
        setText(widths[index]!, decimal(width, 1))
      }
      heldIntervals(score, { lead, window }).forEach(paintCell)
    },
  }
}
