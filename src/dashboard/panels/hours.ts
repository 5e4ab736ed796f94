import { element, part, setText } from '../dom.ts'
import { decimal, stationClock, UNKNOWN, unitName } from '../format.ts'
import type { Painter } from '../frame-loop.ts'
import { MOMENT_EVERY_MS, momentOf } from '../moment.ts'
import type { Interval } from '../outlook.ts'
import { outlookLine, READ_LEADS } from '../outlook.ts'
import type { ViewState } from '../view-state.ts'

/** The next hours in numbers, with their intervals. */
export function hoursPanel(root: ParentNode): Painter<ViewState> {
  const body = part(root, '#hours tbody', HTMLTableSectionElement)
  const unitNote = part(root, '#hours-unit', HTMLElement)
  const issued = part(root, '#hours-issued span', HTMLElement)
  const rows = READ_LEADS.map((lead) => {
    const row = element('tr')
    const cells = {
      at: element('td', { className: 'at', text: UNKNOWN }),
      mean: element('td', { className: 'figure strong', text: UNKNOWN }),
    }
    const [half, ninety] = [intervalCell(), intervalCell()]
    const head = element('th', { text: `+${lead} h`, attributes: { scope: 'row' } })
    row.append(head, cells.at, cells.mean, half.cell, ninety.cell)
    body.append(row)
    return { lead, cells, half, ninety }
  })
  return {
    everyMs: MOMENT_EVERY_MS,
    paint(state) {
      const { run } = momentOf(state)
      const clock = stationClock(state.station?.time.utc_offset_minutes ?? 0)
      setText(unitNote, state.station ? unitName(state.station.unit) : '')
      setText(
        issued,
        run
          ? `Issued ${clock.day(run.issuedAt)} ${clock.time(run.issuedAt)} by ${run.model}` +
              (run.weightsVersion > 0 ? `, network weights ${run.weightsVersion}` : '')
          : 'No forecast yet. The first comes with the first measurement.',
      )
      for (const { lead, cells, half, ninety } of rows) {
        const line = run && outlookLine(run, lead)
        setText(cells.at, line ? clock.time(line.validAt) : UNKNOWN)
        setText(cells.mean, decimal(line?.mean, 1))
        half.show(line?.half)
        ninety.show(line?.ninety)
      }
    },
  }
}

/** Both ends of an interval, which stand one below the other where there is no room. */
function intervalCell(): {
  readonly cell: HTMLElement
  show(interval: Interval | undefined): void
} {
  const cell = element('td', { className: 'figure' })
  const [from, to] = [element('span', { text: UNKNOWN }), element('span', { className: 'to' })]
  cell.append(from, to)
  return {
    cell,
    show(interval) {
      setText(from, interval ? `${decimal(interval.low, 1)}\u2009…\u2009` : UNKNOWN)
      setText(to, interval ? decimal(interval.high, 1) : '')
    },
  }
}
