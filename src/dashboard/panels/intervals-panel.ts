import { differenceUnit } from '../../domain/unit.ts'
import { element, part, setKind, setLongest, setText } from '../dom.ts'
import { count, decimal, UNKNOWN } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { calibrationText, type HeldInterval, heldIntervals, NOMINAL, percent } from '../interval-coverage.ts'
import { scoredOver } from '../model-table.ts'
import { publishedModel } from '../moment.ts'
import type { ViewState } from '../view-state.ts'
import { windowWords } from './readouts.ts'

/** Coverage of the intervals beside what they promise, and whether they are calibrated. */
export function intervalsPanel(root: ParentNode): Painter<ViewState> {
  const table = part(root, '#intervals', HTMLTableElement)
  const title = part(table, '#intervals-title span span', HTMLElement)
  const heldTitle = part(table, '#held span span', HTMLElement)
  const widthTitle = part(table, '#widths span span', HTMLElement)
  const widthBox = part(table, '#widths .steady', HTMLElement)
  const flag = part(root, '#calibration', HTMLElement)
  const flagText = part(flag, 'span', HTMLElement)
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
    paint(state) {
      const { station, score, status, chosenLead: lead, chosenWindow: window } = state
      const { kind, text } = calibrationText(score && status?.calibration)
      setKind(flag, kind)
      setText(flagText, text)
      if (station) setLongest(widthBox, `mean width, ${differenceUnit(station.unit)}`)
      if (!score) {
        for (const cell of [...held, ...widths]) setText(cell, UNKNOWN)
        setText(title, 'Intervals')
        return
      }
      const published = publishedModel(state)
      const n = count(scoredOver(score, { model: published, lead, window }))
      setText(title, `Intervals at +${lead} h, n\u00a0=\u00a0${n}`)
      setText(heldTitle, `held, ${windowWords(score, { published, lead, window })}`)
      setText(widthTitle, `mean width, ${differenceUnit(score.unit)}`)
      const paintCell = ({ held: share, width }: HeldInterval, index: number) => {
        setText(held[index]!, percent(share, 1))
        setText(widths[index]!, decimal(width, 1))
      }
      heldIntervals(score, { lead, window }).forEach(paintCell)
    },
  }
}
